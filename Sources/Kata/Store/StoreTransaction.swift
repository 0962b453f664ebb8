/// The writes that a store takes, valid within one transaction.
public protocol StoreTransaction {
    /// Makes the writes of `body`, or none of them if it throws; what was written before stays.
    ///
    /// - Throws: what `body` threw.
    func attempt<Result>(_ body: () throws -> Result) throws -> Result

    /// Starts a run of that pipeline.
    ///
    /// - Parameter items: how many it will have; `nil` if that is not known.
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)`` if its latest run is not finished.
    func startRun(pipeline: String, items: Int?, at time: Timestamp) throws -> Run

    /// Opens a finished run again, for jobs that come back.
    ///
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)`` if another run of its pipeline is not finished;
    ///   ``StoreError/unknownRun(_:)``.
    func reopenRun(_ run: Run.ID) throws

    /// Notes that work on a run begins. Jobs that were in a handler's hands when it broke off the last time have been
    /// interrupted once more.
    ///
    /// - Throws: ``StoreError/unknownRun(_:)``.
    func beginSession(run: Run.ID) throws -> SessionStart

    /// Notes that work on a run ends, and finishes the run if its source is exhausted and none of its jobs is left.
    ///
    /// - Parameter elapsed: the time that was spent on it in all sessions.
    /// - Returns: whether the run is finished.
    func endSession(run: Run.ID, elapsed: Duration, at time: Timestamp) throws -> Bool

    /// The run of that pipeline that is not finished, if there is one.
    func unfinishedRun(pipeline: String) throws -> Run.ID?

    /// Adds items to a run as pending jobs, in order, and saves how far the source was read.
    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws

    /// Adds jobs to a run, in order.
    ///
    /// A job whose unique key another one of the pipeline has that is not finished, or that was finished less than
    /// `uniqueFor` ago, is not added; what is said of it is the other one's id. A job that waits for others to be done, of
    /// which one failed or was cancelled, is added as cancelled.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)`` if a job is to wait for one that there is not.
    func submit(_ jobs: [NewJob], to run: Run.ID, uniqueFor: Duration, at time: Timestamp) throws -> [SubmittedJob]

    /// What was submitted to a pipeline under that idempotency key, if anything.
    func submission(key: String, pipeline: String) throws -> Submission?

    /// Keeps what was submitted under an idempotency key, and forgets what was kept before `expiry`.
    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws

    /// Notes that handlers have these jobs in hand, so that an end of the daemon counts as an interruption.
    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws

    /// Records the outcome of an attempt, guarded by the job's id, its attempt and its pending state.
    ///
    /// - Returns: what that did to jobs that wait for this one, see ``hasUnsettled``; `nil`, with nothing changed, if the job
    ///   is not pending or is at another attempt.
    func complete(_ completion: Completion) throws -> [JobChange]?

    /// Whether this transaction left to later ones some of what the end of a job means for those that wait for it, because
    /// they are many.
    var hasUnsettled: Bool { get }

    /// Goes on with that, some at a time.
    ///
    /// - Returns: what it did to jobs that waited, and whether there is more to do.
    func settleRest(at time: Timestamp) throws -> (changes: [JobChange], hasMore: Bool)

    /// Makes scheduled jobs of a run pending whose time has come, those first that are due first, at most `limit`, and
    /// fewer if their items are large.
    func promote(run: Run.ID, dueBy time: Timestamp, limit: Int) throws -> [Job]

    /// Cancels a job that is not finished, and those that wait for it.
    ///
    /// - Returns: its change, and then those of the others, see ``hasUnsettled``.
    /// - Throws: ``StoreError/unknownJob(_:)``; ``StoreError/wrongState(job:state:action:)`` if it is finished.
    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange]

    /// Gives a failed or cancelled job one more attempt, due now; one that is scheduled already, or waits for others, is only
    /// made due. Its interruptions are forgotten.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)``; ``StoreError/wrongState(job:state:action:)`` if it is pending or done;
    ///   ``StoreError/uniqueTaken(job:by:)`` if it was finished and another job has taken its unique key.
    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange

    /// Forgets those of these jobs that may be pruned, with their attempts and results. What a run has counted stays.
    ///
    /// - Returns: how many they were.
    func prune(_ jobs: [Job.ID], _ selection: PruneSelection) throws -> Int

    func setPaused(_ isPaused: Bool, pipeline: String, at time: Timestamp) throws

    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws
}
