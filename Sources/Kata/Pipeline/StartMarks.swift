import Synchronization

/// Sees to it that the store knows which jobs are in a handler's hands, so that one that ends the daemon is found out.
///
/// Marks cost a write, so a job is only marked once it takes a while. After a session that broke off, however, the first
/// jobs are marked before they begin: the one that ended it is among them.
final class StartMarks: Sendable {
    /// How long a job is in hand before it is marked.
    private static let age = Duration.milliseconds(250)

    private let carefulStarts: Atomic<Int>

    init(carefulStarts: Int) {
        self.carefulStarts = Atomic(carefulStarts)
    }

    /// Whether the next job has to be marked before it begins.
    func takeCarefulStart() -> Bool {
        if carefulStarts.load(ordering: .relaxed) <= 0 { return false }
        return carefulStarts.subtract(1, ordering: .relaxed).oldValue > 0
    }

    /// Marks jobs until the task is cancelled.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed; `CancellationError`.
    func run(_ session: RunSession, recorder: Recorder) async throws {
        while true {
            if session.progress.current.inFlight == 0 { try await session.workBegan.wait() }
            try await PreciseClock().sleep(for: Self.age)
            let jobs = session.activities.compactMap { $0.takeUnmarked(olderThan: Self.age) }
            if jobs.isEmpty { continue }
            try await recorder.perform { try $0.markStarted(jobs, at: .now()) }
        }
    }
}
