/// The durable record of runs, jobs and results.
///
/// One daemon owns a store, so a claim is kept in the daemon's memory only and a claimed job is still pending here:
/// after a crash there is nothing to recover. All writes go through ``transaction(_:)``, called by one ``Recorder``.
public protocol JobStore: JobStoreReader {
    /// Runs `body` in one transaction and returns once it is durable: it outlives a crash and a power cut.
    ///
    /// Blocks the thread, and is not to be called by two threads at once.
    ///
    /// - Parameter body: may be run several times, each time as if it had not been run before: a store that others use at the
    ///   same time may have to begin anew.
    /// - Throws: what `body` threw; ``StoreFailure``. Nothing of the transaction is kept then, unless the failure can't pass,
    ///   or is undecided, see ``hasKeptUndecided()``.
    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result

    /// Finds out whether the last transaction is kept, which failed undecided. Blocks the thread, and is not to be called beside
    /// ``transaction(_:)``.
    ///
    /// - Returns: `false` if it is not, or the next one that is committed takes its place.
    /// - Throws: ``StoreFailure`` if that can't be found out now.
    func hasKeptUndecided() throws -> Bool

    /// Writes something that changes nothing, to find out whether writes are possible. Blocks the thread, and is not to be
    /// called beside ``transaction(_:)``.
    ///
    /// - Throws: ``StoreFailure`` if they are not.
    func checkTakesWrites() throws
}

extension JobStore {
    /// Leaves it to the next transaction.
    public func hasKeptUndecided() throws -> Bool { false }

    /// Makes an empty transaction.
    public func checkTakesWrites() throws {
        try transaction { _ in }
    }
}
