import Synchronization

extension Pipeline {
    /// What became of its jobs in the last hour, as far as this daemon knows.
    public var activity: ActivitySummary { metrics.activity.summary(at: runtime.wallClock.now()) }

    /// Since when some of its jobs wait, and when it had its last success. Costs a read of the store.
    ///
    /// - Throws: what the store threw.
    public func ages() async throws -> PipelineAges {
        let consumers = state.withLock { $0.current }?.pool.consumers ?? []
        return try await store.ages(
            pipeline: name, inHand: Set(consumers.compactMap(\.jobInHand)), at: runtime.wallClock.now())
    }
}
