import Synchronization

/// Has the store know which jobs are in a handler's hands, so that a job that ends the daemon is found out.
///
/// A mark costs a write, so a job is only marked once it takes a while. After a session that broke off, however, the
/// first jobs are marked before they begin: the job that ended the daemon is among them.
final class StartMarks: Sendable {
    /// How long a job is in hand before it is marked.
    static let age = Duration.milliseconds(250)

    private let recorder: Recorder
    private let runtime: Runtime
    private let carefulStarts: Atomic<Int>

    /// - Parameter carefulStarts: how many jobs are marked before they begin.
    init(carefulStarts: Int, recorder: Recorder, runtime: Runtime) {
        self.carefulStarts = Atomic(carefulStarts)
        self.recorder = recorder
        self.runtime = runtime
    }

    /// Whether the next job has to be marked before it begins.
    func takeCarefulStart() -> Bool {
        if carefulStarts.load(ordering: .relaxed) <= 0 { return false }
        return carefulStarts.subtract(1, ordering: .relaxed).oldValue > 0
    }

    /// Marks jobs that take a while, until the task is cancelled.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed; `CancellationError`.
    func run(_ pool: ConsumerPool, _ session: RunSession) async throws {
        while true {
            if session.progress.current.inFlight == 0 { try await session.workBegan.wait() }
            try await runtime.clock.sleep(for: Self.age)
            let now = runtime.clock.now
            let jobs = pool.consumers.compactMap { $0.takeUnmarked(olderThan: Self.age, at: now) }
            if !jobs.isEmpty { try await mark(jobs) }
        }
    }

    /// Returns once the marks are durable. Not inlined, because thousands of consumers may wait for it.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    @inline(never)
    func mark(_ jobs: [Job.ID]) async throws {
        try await recorder.perform { [runtime] in try $0.markStarted(jobs, at: runtime.wallClock.now()) }
    }
}
