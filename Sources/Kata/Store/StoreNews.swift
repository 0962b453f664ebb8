/// What other nodes did, or may have done.
public struct StoreNews: Sendable {
    /// What is new of a pipeline.
    public struct Pipeline: Sendable {
        /// Its name.
        public var name: String
        /// Whether it is paused.
        public var isPaused: Bool
        /// How many workers somebody wants of this node; `nil` if nobody has said.
        public var workers: Int?
        /// The counts of all of its runs.
        public var counts: JobCounts
        /// Its unfinished run, or else the latest one; `nil` if there was none.
        public var run: RunTally?
        /// When the first scheduled job of that run is due; `nil` if there is none.
        public var nextDue: Timestamp?

        /// What is new of a pipeline without a run.
        public init(name: String, isPaused: Bool, workers: Int? = nil, counts: JobCounts) {
            self.name = name
            self.isPaused = isPaused
            self.workers = workers
            self.counts = counts
        }
    }

    /// The pipelines that were asked for, as far as the store knows them.
    public var pipelines: [Pipeline] = []
    /// Jobs of this node that somebody has cancelled.
    public var cancelled: [JobChange] = []
    /// Those that are finished of the jobs that were asked for.
    public var finished: [Job.ID] = []

    /// Nothing.
    public init() {}
}
