import Kata
import KataTesting

/// Goes on after its task was cancelled until a gate is opened.
struct Stubborn: JobHandler {
    let clock: ManualClock
    let gate: Latch

    func handle(_ job: Job, in context: JobContext) async throws {
        do {
            try await clock.sleep(for: .seconds(30))
        } catch {
            await gate.waitIgnoringCancellation()
            throw error
        }
    }
}
