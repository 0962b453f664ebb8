/// What a pipeline is doing at one moment.
public struct PipelineStatus: Hashable, Sendable {
    /// What a pipeline as a whole is doing. If several are true, draining comes first, then paused.
    public enum State: String, Sendable {
        /// A run is under way. If nobody knows how many items it will have, there are jobs to do now.
        case running
        /// There is no run, or nothing to do now in a run of which nobody knows how many items it will have.
        case idle
        /// Somebody paused the pipeline; no job is begun.
        case paused
        /// The pipeline takes no more items and finishes what it has.
        case draining
        /// The pipeline can't work; it tries again by itself, unless it is one of mode `once`.
        case failed
        /// The handler can do no job, or the source gives none and there is nothing else to do. It is tried again.
        case waiting
    }

    /// Jobs of all runs by state; pruned jobs stay counted. Each job is counted once: on the queue or in a handler's
    /// hands it is not pending here.
    public struct Counts: Hashable, Sendable {
        /// Jobs that are ready, and neither on the queue nor in a handler's hands.
        public let pending: Int
        /// Jobs on the queue.
        public let queued: Int
        /// Jobs in a handler's hands.
        public let running: Int
        /// Jobs that wait for their time.
        public let scheduled: Int
        /// Jobs that wait for other jobs.
        public let waiting: Int
        /// Jobs that were handled well.
        public let done: Int
        /// Jobs that failed for good.
        public let failed: Int
        /// Jobs that were cancelled.
        public let cancelled: Int
    }

    /// How far one run has come.
    public struct RunStatus: Hashable, Sendable {
        /// Which run.
        public let id: Run.ID
        /// Which run of the pipeline it is, from 1.
        public let number: Int
        /// How many items the run has; `nil` if that is not known.
        public let items: Int?
        /// How many times a job was put on the queue since work on the run began or went on, plus the jobs that were
        /// done or failed before.
        public let produced: Int
        /// How many jobs were handled well; each has a result, or gets it with the next commit.
        public let consumed: Int
        /// How many jobs failed for good.
        public let failed: Int
        /// The time spent on the run, without the time when nobody worked on it.
        public let elapsed: Duration
        /// What theory says for the whole run; `nil` if nobody knows how many items it has, or how long the handler
        /// takes for one.
        public let estimate: Estimate?
        /// The time that is probably left; `nil` if nothing is known about it.
        public let remaining: Duration?
        /// Whether the run is over: nothing of it was left when work on it ended.
        public let isFinished: Bool
    }

    /// The name of the pipeline, unique within a daemon.
    public let name: String
    /// What the pipeline as a whole is doing.
    public let state: State
    /// What keeps the pipeline from work, whatever its state is; `nil` if nothing does.
    public let trouble: Trouble?
    /// How many jobs the queue can hold.
    public let queueSize: Int
    /// How many jobs are on the queue; 0 while no run is under way.
    public let queueDepth: Int
    /// How many consumers there are to be.
    public let workerCount: Int
    /// In order of their ids; consumers that are to leave and have not left yet come last.
    public let consumers: [ConsumerStatus]
    /// Jobs of all runs, by state.
    public let counts: Counts
    /// The run under way, or else the latest one; `nil` if there was none.
    public let run: RunStatus?
    /// The drain under way, or else the last one; `nil` if there was none.
    public let drain: DrainReceipt?
    /// What keeps the pipeline itself, its handler, its source or its export from working now, which are tried again, and which
    /// successes are overdue; as sentences for people.
    public var problems: [String] = []
    /// What attempts have cost since the pipeline was made; `nil` if none of them had a process.
    public var cost: CostSummary?
}
