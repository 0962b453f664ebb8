/// What attempts have cost that had a process, within an eighth of each value.
public struct CostSummary: Hashable, Sendable {
    /// What half of the attempts do not exceed, and what 95 of 100 do not.
    public struct Share<Value: Hashable & Sendable>: Hashable, Sendable {
        /// Half of the attempts do not exceed it.
        public let median: Value
        /// 95 of 100 attempts do not exceed it.
        public let most: Value
    }

    /// How many attempts that were.
    public let attempts: Int
    /// Their processor time, in the programs and in the kernel.
    public let processorTime: Share<Duration>
    /// How long their jobs had waited when they began, from when those were stored or due.
    public let waited: Share<Duration>
    /// The time from their beginning to their end.
    public let worked: Share<Duration>
    /// The most memory that they held, in bytes, of those of which it is known; `nil` if it is of none.
    public let peakMemory: Share<Int64>?
}
