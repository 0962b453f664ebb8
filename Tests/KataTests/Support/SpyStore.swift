import Kata
import KataTestSupport
import KataTesting
import Synchronization

/// Passes everything on to another store, and lets a test step in before a transaction begins and after it is committed, and see what was read.
final class SpyStore: JobStore, ForwardingReader {
    let store: any JobStore
    var reader: any JobStoreReader { store }
    /// Fires when the latest run was read for the second time: the first is when a pipeline is made, the second when it
    /// decides whether to start a run by itself.
    let hasDecided = Latch()
    private let latestRunReads = Mutex(0)
    private let pendingJobsReads = Mutex(0)
    private let beforeTransaction: @Sendable () throws -> Void
    private let afterTransaction: @Sendable () throws -> Void

    init(
        _ store: any JobStore = MemoryJobStore(), beforeTransaction: @escaping @Sendable () throws -> Void = {},
        afterTransaction: @escaping @Sendable () throws -> Void = {}
    ) {
        self.store = store
        self.beforeTransaction = beforeTransaction
        self.afterTransaction = afterTransaction
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try beforeTransaction()
        let result = try store.transaction(body)
        // Before anybody is told of the commit.
        try afterTransaction()
        return result
    }

    /// How many times somebody looked for pending jobs.
    var readsOfPendingJobs: Int { pendingJobsReads.withLock { $0 } }

    func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        pendingJobsReads.withLock { $0 += 1 }
        return try await store.pendingJobs(
            run: run, priority: priority, keys: keys, after: id, through: last, limit: limit)
    }

    func latestRun(pipeline: String) async throws -> Run? {
        let run = try await store.latestRun(pipeline: pipeline)
        let reads = latestRunReads.withLock { reads in
            reads += 1
            return reads
        }
        if reads == 2 { hasDecided.open() }
        return run
    }
}
