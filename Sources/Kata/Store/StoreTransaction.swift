/// The writes that a store takes, valid within one transaction.
public protocol StoreTransaction {
    /// Makes the writes of `body`, or none of them if it throws; what was written before stays.
    ///
    /// - Throws: what `body` threw.
    func attempt<Result>(_ body: () throws -> Result) throws -> Result

    /// Starts a run of that pipeline.
    ///
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)`` if its latest run is not finished.
    func startRun(pipeline: String, items: Int, at time: Timestamp) throws -> Run

    /// Adds items to a run as pending jobs, in order, and saves how far the source was read.
    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws

    /// Records the outcome of an attempt, guarded by the job's id, its attempt and its unfinished state.
    ///
    /// - Returns: `false`, with nothing changed, if the job was finished already or is at another attempt.
    func complete(_ completion: Completion) throws -> Bool

    /// Saves the time that was spent on a run so far.
    func setElapsed(_ elapsed: Duration, of run: Run.ID) throws

    /// Closes a run, with the time that was spent on it.
    func finishRun(_ run: Run.ID, elapsed: Duration, at time: Timestamp) throws

    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws
}
