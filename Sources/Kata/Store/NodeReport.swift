/// What a node tells of itself.
public struct NodeReport: Hashable, Sendable {
    /// What a node does with a pipeline.
    public struct Pipeline: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// What it does, in a word.
        public var state: String
        /// How many workers there are.
        public var workers: Int
        /// How many of them have a job in hand.
        public var running: Int
        /// How many jobs it was done with in a second, lately.
        public var rate: Double
        /// After how many interruptions a job is quarantined.
        public var interruptions: Int

        /// What a node does with a pipeline.
        public init(
            name: String, state: String, workers: Int, running: Int, rate: Double, interruptions: Int = 3
        ) {
            self.interruptions = interruptions
            self.name = name
            self.state = state
            self.workers = workers
            self.running = running
            self.rate = rate
        }
    }

    /// Its pipelines.
    public var pipelines: [Pipeline]

    /// What a node tells of itself.
    public init(pipelines: [Pipeline] = []) {
        self.pipelines = pipelines
    }
}
