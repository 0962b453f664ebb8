import KataTestSupport
import Testing

@testable import Kata

@Suite("The system's civil clock", .timeLimit(.minutes(10)))
struct WallClockTests {
    private let clock = SystemWallClock()

    @Test("sleeps until a time, and not shorter", arguments: [1, 20])
    func sleeps(milliseconds: Int) async throws {
        let deadline = clock.now().advanced(by: .milliseconds(milliseconds))
        try await clock.sleep(until: deadline)
        #expect(clock.now() >= deadline)
    }

    @Test("does not sleep until a time that is past")
    func past() async throws {
        try await clock.sleep(until: clock.now())
        try await clock.sleep(until: Timestamp(milliseconds: 0))
        try await clock.sleep(until: Timestamp(milliseconds: -1))
    }

    @Test("ends its sleep with a cancellation")
    func cancelled() async throws {
        let sleep = Task { [clock] in
            try await clock.sleep(until: clock.now().advanced(by: .seconds(400 * 24 * 3_600)))
        }
        sleep.cancel()
        await #expect(throws: CancellationError.self) { try await sleep.value }
    }
}
