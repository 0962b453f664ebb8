import Synchronization

/// Runs tasks only when it is told to, one at a time and in order, so that a test knows when all of them wait.
///
///     let executor = StepExecutor()
///     let task = Task(executorPreference: executor) { try await queue.next() }
///     executor.runUntilIdle()  // now the task waits, or it is done
public final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    /// No test has nearly as many steps, other than one whose tasks never rest.
    private static let stepLimit = 1_000_000

    /// Makes an executor with nothing to run.
    public init() {}

    /// Keeps a step of a task until ``runUntilIdle()``.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs every task until it is done or waits for something that none of the tasks brings about.
    ///
    /// Traps if the tasks never rest.
    public func runUntilIdle() {
        var steps = 0
        while true {
            let next = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            if next.isEmpty { return }
            steps += next.count
            precondition(steps < Self.stepLimit, "the tasks never rest")
            for job in next { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
