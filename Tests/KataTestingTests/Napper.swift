import Kata

/// Sleeps as it is told to.
struct Napper: JobHandler {
    let nap: @Sendable () async throws -> Void

    init(_ nap: @escaping @Sendable () async throws -> Void) {
        self.nap = nap
    }

    func handle(_ job: Job, in context: JobContext) async throws {
        try await nap()
    }
}
