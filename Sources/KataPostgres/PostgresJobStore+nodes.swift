public import Kata
import Synchronization

/// Several nodes.
extension PostgresJobStore {
    public var node: String { identity.name }

    /// How long this node can still count on its lease, during which nobody takes over what it has; negative if it is over.
    public var leaseLeft: Duration { shared.withLock { $0.leaseEnd } - BootClock.now }

    var member: SessionMember {
        shared.withLock { shared in
            SessionMember(session: shared.session, node: node, wasFenced: shared.wasFenced)
        }
    }

    public func claim(_ claim: JobClaim, in transaction: any StoreTransaction) throws -> [Job] {
        try own(transaction).claim(claim)
    }

    public func release(_ jobs: [Job.ID], in transaction: any StoreTransaction) throws {
        own(transaction).release(jobs)
    }

    public func sourceProgress(
        of run: Run.ID, isLocal: Bool, in transaction: any StoreTransaction
    ) throws -> SourceProgress? {
        try own(transaction).sourceProgress(of: run, isLocal: isLocal)
    }

    public func keepHere(_ jobs: [Job.ID], in transaction: any StoreTransaction) throws {
        own(transaction).keepHere(jobs)
    }

    public func takeTurns(
        _ count: Int, each interval: Duration, pipeline: String, key: String?, in transaction: any StoreTransaction
    ) throws -> Duration {
        try own(transaction).takeTurns(count, each: interval, pipeline: pipeline, key: key)
    }

    public func attend(_ report: NodeReport, in transaction: any StoreTransaction) throws {
        let transaction = own(transaction)
        try transaction.keep(report)
        transaction.takenOver = try transaction.takeOverExpired(after: lease)
        let others = try transaction.countOpenSessions() - 1
        let attendances = shared.withLock { shared in
            shared.otherSessions = others
            shared.attendances += 1
            return shared.attendances
        }
        if attendances.isMultiple(of: 100) { transaction.forgetTurns() }
        // Until one was heard it is not known whether any will be.
        if !calls.areHeard { transaction.tellsOthers = true }
    }

    public func scale(
        _ pipeline: String, on node: String, to workers: Int, in transaction: any StoreTransaction
    ) throws -> Bool {
        try own(transaction).scale(pipeline, on: node, to: workers)
    }

    public func news(pipelines: [String], jobs: [Job.ID]) async throws -> StoreNews {
        let found = try await snapshots.news(pipelines: pipelines, jobs: jobs, for: member)
        clock.note(found.clock.offset, error: found.clock.error)
        shared.withLock { shared in
            shared.otherSessions = found.otherSessions
            shared.runsMayHaveChanged = true
        }
        return found.news
    }

    public func otherNode(on run: Run.ID, in transaction: any StoreTransaction) throws -> String? {
        try own(transaction).otherNode(on: run)
    }

    public func waitForCall() async throws -> Bool { try await calls.wait() }

    public func holding(of job: Job.ID) async throws -> JobHolding { try await snapshots.holding(of: job) }

    public func nodes() async throws -> [NodeRecord] { try await snapshots.nodes() }

    private func own(_ transaction: any StoreTransaction) -> PostgresTransaction {
        guard let transaction = transaction as? PostgresTransaction else {
            preconditionFailure("a transaction of another store")
        }
        return transaction
    }
}
