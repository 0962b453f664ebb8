import Kata
import Synchronization

/// Passes everything on to another store, and lets a test step in before a transaction begins and see what was read.
final class SpyStore: JobStore {
    let store: any JobStore
    /// Fires when the latest run was read for the second time: the first is when a pipeline is made, the second when it
    /// decides whether to start a run by itself.
    let hasDecided = Signal()
    private let latestRunReads = Mutex(0)
    private let beforeTransaction: @Sendable () throws -> Void

    init(_ store: any JobStore = MemoryJobStore(), beforeTransaction: @escaping @Sendable () throws -> Void = {}) {
        self.store = store
        self.beforeTransaction = beforeTransaction
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try beforeTransaction()
        return try store.transaction(body)
    }

    func unfinishedRun(pipeline: String) async throws -> Run? {
        try await store.unfinishedRun(pipeline: pipeline)
    }

    func latestRun(pipeline: String) async throws -> Run? {
        let run = try await store.latestRun(pipeline: pipeline)
        let reads = latestRunReads.withLock { reads in
            reads += 1
            return reads
        }
        if reads == 2 { hasDecided.fire() }
        return run
    }

    func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await store.pendingPriorities(run: run)
    }

    func pendingJobs(run: Run.ID, priority: Int, after id: Job.ID, limit: Int) async throws -> [Job] {
        try await store.pendingJobs(run: run, priority: priority, after: id, limit: limit)
    }

    func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await store.nextDue(run: run)
    }

    func isPaused(pipeline: String) async throws -> Bool {
        try await store.isPaused(pipeline: pipeline)
    }

    func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await store.jobs(filter, before: id, limit: limit)
    }

    func job(_ id: Job.ID) async throws -> JobRecord? {
        try await store.job(id)
    }

    func attempts(job: Job.ID) async throws -> [Attempt] {
        try await store.attempts(job: job)
    }

    func prunableJobs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await store.prunableJobs(selection, after: id, limit: limit)
    }

    func jobIDs(pipeline: String, state: JobState, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await store.jobIDs(pipeline: pipeline, state: state, after: id, limit: limit)
    }

    func blockers(job: Job.ID) async throws -> [Job.ID] {
        try await store.blockers(job: job)
    }

    func jobsBefore(_ id: Job.ID, priority: Int, run: Run.ID, limit: Int) async throws -> Int {
        try await store.jobsBefore(id, priority: priority, run: run, limit: limit)
    }

    func counts(pipeline: String) async throws -> JobCounts {
        try await store.counts(pipeline: pipeline)
    }

    func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        try await store.runIDs(in: selection)
    }

    func latestResultID() async throws -> JobResult.ID {
        try await store.latestResultID()
    }

    func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        try await store.results(selection, after: id, limit: limit)
    }

    func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await store.consumerTotals(run: run)
    }

    func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await store.lastDrain(pipeline: pipeline)
    }
}
