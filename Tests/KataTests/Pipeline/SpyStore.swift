import Kata
import Synchronization

/// Passes everything on to another store, and lets a test step in before a transaction begins and see what was read.
final class SpyStore: JobStore, ForwardingReader {
    let store: any JobStore
    var reader: any JobStoreReader { store }
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

    func latestRun(pipeline: String) async throws -> Run? {
        let run = try await store.latestRun(pipeline: pipeline)
        let reads = latestRunReads.withLock { reads in
            reads += 1
            return reads
        }
        if reads == 2 { hasDecided.fire() }
        return run
    }
}
