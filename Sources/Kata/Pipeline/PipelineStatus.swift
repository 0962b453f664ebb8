/// What a pipeline is doing at one moment.
public struct PipelineStatus: Hashable, Sendable {
    public enum State: String, Sendable {
        /// A run is under way.
        case running
        /// There is no run, or nothing to do in an endless one.
        case idle
        /// Somebody said so; no job is begun.
        case paused
        /// It takes no more items and finishes what it has.
        case draining
    }

    public struct Consumer: Hashable, Sendable {
        public let id: String
        /// The item in its hands; `nil` if it waits for one.
        public let item: String?
        /// That item's job.
        public let jobID: Job.ID?
        /// How many jobs it has finished in this run since the daemon started.
        public let consumed: Int
        /// How far that job is, as its handler says.
        public let progress: String?
    }

    /// Jobs by state. Those on the queue or in a handler's hands are not counted as pending here.
    public struct Counts: Hashable, Sendable {
        public let pending: Int
        public let queued: Int
        public let running: Int
        public let scheduled: Int
        public let waiting: Int
        public let done: Int
        public let failed: Int
        public let cancelled: Int
    }

    public struct RunStatus: Hashable, Sendable {
        public let id: Run.ID
        /// `nil` if that is not known.
        public let items: Int?
        /// How many were put on the queue.
        public let produced: Int
        /// How many were handled well; each has a result, or gets it with the next commit.
        public let consumed: Int
        public let failed: Int
        public let elapsed: Duration
        /// What theory says for the whole run; `nil` if the handler does not know how long it takes.
        public let estimate: Estimate?
        /// The time that is probably left; `nil` if nothing is known about it.
        public let remaining: Duration?
        public let isFinished: Bool
    }

    public let name: String
    public let state: State
    public let queueSize: Int
    public let queueDepth: Int
    public let workerCount: Int
    public let consumers: [Consumer]
    public let counts: Counts
    /// The run under way, or else the latest one.
    public let run: RunStatus?
    /// The drain under way, or else the last one.
    public let drain: DrainReceipt?
}
