package import Kata
import Synchronization

/// Runs tasks only when it is told to, one at a time and in order, so that a test knows when all of them wait.
///
///     let executor = StepExecutor()
///     let task = Task(executorPreference: executor) { try await queue.next() }
///     executor.runUntilIdle()  // now the task waits, or it is done
public final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let stepLimit: Int
    /// Set by each step that is kept.
    package let arrival: AutoResetEvent

    /// Makes an executor with nothing to run.
    ///
    /// - Parameter stepLimit: how many steps may follow each other; no test has nearly as many, other than one whose tasks never
    ///   rest.
    public init(stepLimit: Int = 1_000_000) {
        self.stepLimit = stepLimit
        arrival = AutoResetEvent()
    }

    /// - Parameter arrival: is set by each step that is kept.
    package init(arrival: AutoResetEvent) {
        stepLimit = .max
        self.arrival = arrival
    }

    /// Keeps a step of a task until ``runUntilIdle()``.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrival.set()
    }

    /// Whether there is nothing to run.
    public var isIdle: Bool { jobs.withLock { $0.isEmpty } }

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
            precondition(steps < stepLimit, "the tasks never rest")
            for job in next { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
