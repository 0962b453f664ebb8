/// The durable record of runs, jobs and results.
///
/// One daemon owns a store, so a claim is kept in the daemon's memory only and a claimed job is still pending here:
/// after a crash there is nothing to recover. All writes go through ``transaction(_:)``, called by one ``Recorder``.
public protocol JobStore: JobStoreReader {
    /// Runs `body` in one transaction and returns once it is durable: it outlives a crash and a power cut.
    ///
    /// Blocks the thread, and is not to be called by two threads at once.
    ///
    /// - Throws: what `body` threw; ``StoreFailure``. Nothing of the transaction is kept then, unless the failure can't pass,
    ///   or is undecided and no other transaction is committed before the store is closed.
    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result

    /// Writes something that changes nothing, to find out whether writes are possible. Blocks the thread, and is not to be
    /// called beside ``transaction(_:)``.
    ///
    /// - Throws: ``StoreFailure`` if they are not.
    func checkTakesWrites() throws
}

extension JobStore {
    /// Makes an empty transaction.
    public func checkTakesWrites() throws {
        try transaction { _ in }
    }
}
