/// A store that several daemons work with at the same time. Each of them is a node.
///
/// A node claims jobs before it begins them, and has them until their outcomes are recorded, or until it shows no sign of life for so
/// long that another node takes over what it had.
public protocol SharedJobStore: JobStore {
    /// The name of this daemon's node.
    var node: String { get }

    /// For how long after its last transaction a node has what it has claimed.
    var lease: Duration { get }

    /// How long this node can still count on its lease; negative if it is over.
    var leaseLeft: Duration { get }

    /// Claims pending jobs that no node has.
    ///
    /// - Returns: as ``JobStoreReader/pendingJobs(run:priority:keys:after:through:limit:)`` does.
    func claim(_ claim: JobClaim, in transaction: any StoreTransaction) throws -> [Job]

    /// Gives up claims of this node, of jobs that it will not do.
    func release(_ jobs: [Job.ID], in transaction: any StoreTransaction) throws

    /// How far the source of a run was read, which nobody changes until this transaction ends. If the source `isLocal`, only
    /// one node can read it: the one that asks first.
    ///
    /// - Returns: `nil` if another node reads it.
    func sourceProgress(of run: Run.ID, isLocal: Bool, in transaction: any StoreTransaction) throws -> SourceProgress?

    /// Has jobs that were just added be done by this node only.
    func keepHere(_ jobs: [Job.ID], in transaction: any StoreTransaction) throws

    /// Takes turns to begin, of which all nodes together take no more than one in each interval. They are for the jobs of a
    /// pipeline that have that key; `nil` means all jobs of the pipeline.
    ///
    /// - Returns: how long it is until the first one, by the store's clock.
    func takeTurns(
        _ count: Int, each interval: Duration, pipeline: String, key: String?, in transaction: any StoreTransaction
    ) throws -> Duration

    /// Shows that this node is alive and what it does, and takes over what nodes had that are gone.
    func attend(_ report: NodeReport, in transaction: any StoreTransaction) throws

    /// What the transactions since the last call have shown. To be called by the thread that makes them.
    func takeFindings() -> StoreFindings

    /// What other nodes did, or may have done.
    ///
    /// - Parameters:
    ///   - pipelines: which ones this node has.
    ///   - jobs: whose ends are waited for.
    func news(pipelines: [String], jobs: [Job.ID]) async throws -> StoreNews

    /// Another node that works on that run's pipeline; `nil` if there is none.
    func otherNode(on run: Run.ID, in transaction: any StoreTransaction) throws -> String?

    /// Waits until another node says that there is news.
    ///
    /// - Returns: `false` if that can't be heard, so that it has to be looked for.
    /// - Throws: `CancellationError`.
    func waitForCall() async throws -> Bool

    /// Which node has a job, or can do it.
    func holding(of job: Job.ID) async throws -> JobHolding

    /// The nodes that work with the store, or did within the last day, in order of their names.
    func nodes() async throws -> [NodeRecord]

    /// Has a node work on a pipeline with so many workers.
    ///
    /// - Returns: whether there is such a node, with such a pipeline.
    func scale(_ pipeline: String, on node: String, to workers: Int, in transaction: any StoreTransaction) throws
        -> Bool
}
