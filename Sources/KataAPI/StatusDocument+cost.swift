import Kata

extension StatusDocument {
    /// What the attempts of a pipeline have cost that had a process, within an eighth of each value.
    public struct Cost: Codable, Hashable, Sendable {
        /// What half of the attempts do not exceed, and what 95 of 100 do not.
        public struct Share: Codable, Hashable, Sendable {
            /// Half of the attempts do not exceed it.
            public let median: Double
            /// 95 of 100 attempts do not exceed it.
            public let p95: Double
        }

        /// How many attempts that were.
        public let attempts: Int
        /// Processor time, in seconds.
        public let processorSeconds: Share
        /// How long the job had waited when an attempt began, from when it was stored or due, in seconds.
        public let waitedSeconds: Share
        /// The time from the beginning to the end of an attempt, in seconds.
        public let workedSeconds: Share
        /// The most memory that was held at a time, in bytes, of the attempts of which it is known; missing if it is of none.
        public let peakMemoryBytes: Share?

        init(_ cost: CostSummary) {
            func share(_ share: CostSummary.Share<Duration>) -> Share {
                Share(median: share.median.seconds, p95: share.most.seconds)
            }
            attempts = cost.attempts
            processorSeconds = share(cost.processorTime)
            waitedSeconds = share(cost.waited)
            workedSeconds = share(cost.worked)
            peakMemoryBytes = cost.peakMemory.map { Share(median: Double($0.median), p95: Double($0.most)) }
        }
    }
}
