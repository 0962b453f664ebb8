import Kata
import Synchronization

/// Runs tasks only when it is told to, one at a time and in order, so that a test knows when all of them wait.
///
///     let executor = StepExecutor()
///     let task = Task(executorPreference: executor) { try await queue.next() }
///     executor.runUntilIdle()  // now the task waits, or it is done
public final class StepExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isReleased = false
    }

    private let state = Mutex(State())
    private let stepLimit: Int
    private let onArrival: (@Sendable () -> Void)?

    /// Makes an executor with nothing to run.
    public convenience init() {
        // No test has nearly as many steps, other than one whose tasks never rest.
        self.init(stepLimit: 1_000_000, onArrival: nil)
    }

    /// - Parameters:
    ///   - stepLimit: how many steps may follow each other.
    ///   - onArrival: called with each step that is kept.
    init(stepLimit: Int, onArrival: (@Sendable () -> Void)?) {
        self.stepLimit = stepLimit
        self.onArrival = onArrival
    }

    /// Keeps a step of a task until ``runUntilIdle()``.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isKept = state.withLock { state in
            if state.isReleased { return false }
            state.jobs.append(job)
            return true
        }
        if isKept { onArrival?() } else { Self.passOn(job) }
    }

    /// Whether there is nothing to run.
    var isIdle: Bool { state.withLock { $0.jobs.isEmpty } }

    /// Runs every task until it is done or waits for something that none of the tasks brings about.
    ///
    /// Traps if the tasks never rest.
    public func runUntilIdle() {
        var steps = 0
        while true {
            let next = takeAll()
            if next.isEmpty { return }
            steps += next.count
            precondition(steps < stepLimit, "the tasks never rest")
            for job in next { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// Has the tasks run on Swift's own threads from here on.
    func release() {
        let rest = state.withLock { state in
            state.isReleased = true
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in rest { Self.passOn(job) }
    }

    private func takeAll() -> [UnownedJob] {
        state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    private static func passOn(_ job: UnownedJob) {
        globalConcurrentExecutor.enqueue(job)
    }
}
