/// The writes that a store takes, valid within one transaction.
public protocol StoreTransaction: OutputWriting {
    /// Makes the writes of `body`, or none of them if it throws; what was written before stays.
    ///
    /// - Throws: what `body` threw.
    func attempt<Result>(_ body: () throws -> Result) throws -> Result

    /// Starts a run of that pipeline, which will have so many items; `nil` if that is not known.
    ///
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)`` if a run of that pipeline is not finished.
    func startRun(pipeline: String, items: Int?, at time: Timestamp) throws -> Run

    /// Opens a finished run again, for jobs that come back.
    ///
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)`` if another run of its pipeline is not finished;
    ///   ``StoreError/unknownRun(_:)``.
    func reopenRun(_ run: Run.ID) throws

    /// Notes that work on a run begins. Jobs that were in a handler's hands when the work broke off the last time have
    /// been interrupted once more.
    ///
    /// - Throws: ``StoreError/unknownRun(_:)``.
    func beginSession(run: Run.ID) throws -> SessionStart

    /// Draws back what a clock that was ahead has put off, now that it was set right: times of jobs of a run that were put
    /// off more than ``Timestamp/clockTolerance`` after `now`, in whatever way they were, and idempotency keys that were kept then, of
    /// any pipeline. What was to come so long after that time comes so long after `now`.
    ///
    /// Nothing is changed if `now` is before the first run: then it is this clock that is wrong.
    ///
    /// - Returns: how many jobs were drawn back.
    func drawBack(run: Run.ID, to now: Timestamp) throws -> Int

    /// Notes that work on a run ends, on which `elapsed` was spent in all sessions, and finishes the run if its source is
    /// exhausted and all of its jobs are finished.
    ///
    /// - Returns: whether the run is finished.
    /// - Throws: ``StoreError/unknownRun(_:)``.
    func endSession(run: Run.ID, elapsed: Duration, at time: Timestamp) throws -> Bool

    /// The run of that pipeline that is not finished, if there is one.
    func unfinishedRun(pipeline: String) throws -> Run.ID?

    /// Adds items to a run as pending jobs, in order, and saves how far the source was read.
    ///
    /// - Throws: ``StoreError/unknownRun(_:)``.
    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws

    /// Adds jobs to a run, in order.
    ///
    /// A job whose unique key another job of the pipeline has is not added if that one is not finished, or was cancelled and
    /// keeps its key, see ``keepUniqueKeys(of:)``, or was done or failed less than `uniqueFor` ago; the answer gives the other
    /// one's id. A job that waits for others to be done, of which one failed or was cancelled, is added as cancelled. A job of an
    /// entry of a schedule that is paused, or whose job before is not finished where that is not to be, is not added; the answer
    /// gives that one's id, or 0.
    ///
    /// - Returns: what became of each job, in order.
    /// - Throws: ``StoreError/unknownJob(_:)`` if a job is to wait for one that there is not;
    ///   ``StoreError/unknownRun(_:)``.
    func submit(_ jobs: [NewJob], to run: Run.ID, uniqueFor: Duration, at time: Timestamp) throws -> [SubmittedJob]

    /// Has the unique keys of these cancelled jobs count as taken for the rest of this transaction, because handlers may still
    /// have the jobs in hand.
    func keepUniqueKeys(of jobs: Set<Job.ID>)

    /// What was submitted to a pipeline under that idempotency key; `nil` if nothing was, or nothing is kept any more.
    func submission(key: String, pipeline: String) throws -> Submission?

    /// Keeps what was submitted under an idempotency key, and forgets whatever was kept before `expiry`, of any
    /// pipeline.
    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws

    /// Notes that handlers have these jobs in hand, so that an end of the daemon counts as an interruption. Jobs that
    /// are not pending are passed over.
    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws

    /// Keeps that a job of a pipeline begins, so that its rates outlive the daemon, and forgets the keys of that pipeline
    /// that began last before `expiry`. The `key` is `nil` if the job has none, or if that does not matter; no key is forgotten
    /// then.
    func saveStart(pipeline: String, key: String?, at time: Timestamp, forgettingBefore expiry: Timestamp) throws

    /// When jobs of that pipeline began last, as far as it was kept and was not before `time`; of many keys the latest
    /// ``LastStarts/keyLimit``.
    func lastStarts(pipeline: String, since time: Timestamp) throws -> LastStarts

    /// Records the outcomes of attempts, one after the other, each guarded by the job's id, its attempt and its pending state.
    ///
    /// - Returns: for each one what that did besides, to jobs that wait for this one as far as it was done in this transaction,
    ///   see ``hasUnresolvedDependents``; `nil`, with nothing changed, if the job is not pending or is at another attempt.
    func complete(_ completions: [Completion]) throws -> [CompletionEffect?]

    /// Whether this transaction has left some dependents of finished jobs for later transactions to resolve, because
    /// they are many.
    var hasUnresolvedDependents: Bool { get }

    /// Resolves dependents that earlier transactions have left, a limited number of them.
    ///
    /// - Returns: what became of jobs that waited, and whether there are more to resolve.
    func resolveMoreDependents(at time: Timestamp) throws -> (changes: [JobChange], hasMore: Bool)

    /// Makes scheduled jobs of a run pending whose time has come, the earliest due first, at most `limit`, and fewer if
    /// their items are large.
    func promote(run: Run.ID, dueBy time: Timestamp, limit: Int) throws -> [Job]

    /// Cancels a job that is not finished, and the jobs that wait for it to be done; jobs that wait for it to be
    /// finished go on.
    ///
    /// - Returns: the change of this job, and then those of its dependents, as far as they were made in this
    ///   transaction, see ``hasUnresolvedDependents``.
    /// - Throws: ``StoreError/unknownJob(_:)``; ``StoreError/wrongState(job:state:action:)`` if it is finished.
    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange]

    /// Gives a failed or cancelled job one more attempt, due now; a job that is scheduled already, or waits for others,
    /// is only made due. Its interruptions are forgotten.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)``; ``StoreError/wrongState(job:state:action:)`` if it is pending or done;
    ///   ``StoreError/uniqueTaken(job:by:)`` if it was finished and another job has taken its unique key.
    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange

    /// Gives a cancelled job one more attempt, as soon as other jobs are done. Without an unfinished one among them it is
    /// what ``retry(_:at:)`` does. Its interruptions are forgotten.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)``; ``StoreError/wrongState(job:state:action:)`` if the job is not cancelled, or
    ///   one of the others has failed or was cancelled; ``StoreError/uniqueTaken(job:by:)`` if another job has taken its
    ///   unique key.
    func retry(_ job: Job.ID, after blockers: Set<Job.ID>, at time: Timestamp) throws -> JobChange

    /// Changes a job that is not finished and that no handler has in hand, as the caller knows. One that is pending is
    /// scheduled then, due now unless the edit says a time; one that is scheduled or waits for others stays so. A new item
    /// has the job's checkpoint forgotten.
    ///
    /// - Returns: the change of its state, which may be none.
    /// - Throws: ``StoreError/unknownJob(_:)``; ``StoreError/wrongState(job:state:action:)`` if it is finished;
    ///   ``StoreError/gathersFailures(_:)``.
    func edit(_ job: Job.ID, _ edit: JobEdit, at time: Timestamp) throws -> JobChange

    /// Keeps a checkpoint of a job that is pending at that attempt, in place of the one before; of another one nothing.
    func saveCheckpoint(_ text: String, job: Job.ID, attempt: Int) throws

    /// The jobs of a run that have a checkpoint.
    func jobsWithCheckpoints(run: Run.ID) throws -> Set<Job.ID>

    /// What retention knows of the clock.
    func retentionClock(pipeline: String) throws -> RetentionClock

    /// Keeps what retention knows of the clock.
    func saveRetentionClock(_ clock: RetentionClock, pipeline: String) throws

    /// Has these finished jobs be finished at that time which a clock that was ahead says were finished after `limit`.
    ///
    /// - Returns: how many jobs that were.
    func drawBackEnds(of jobs: [Job.ID], after limit: Timestamp, to time: Timestamp) throws -> Int

    /// Forgets these jobs, as far as they may be pruned, with their attempts and results. What a run has counted stays.
    ///
    /// - Returns: how many jobs were forgotten.
    func prune(_ jobs: [Job.ID], _ selection: PruneSelection) throws -> Int

    /// Keeps whether a pipeline is paused, until it is told otherwise.
    func setPaused(_ isPaused: Bool, pipeline: String, at time: Timestamp) throws

    /// Keeps the receipt of a pipeline's drain in place of the one before.
    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws

    /// What is known of a job for telling of its end; `nil` if there is no such job.
    func origin(of job: Job.ID) throws -> JobOrigin?

    /// Keeps that a job tells of other jobs, those of that pipeline.
    func saveAlarm(_ job: Job.ID, of pipeline: String, _ kind: AlarmKind) throws

    /// The latest alarm of a pipeline that gathers its failures; `nil` if there was none.
    func gatheredAlarm(of pipeline: String) throws -> GatheredAlarm?

    /// Keeps the latest alarm of a pipeline that gathers its failures, in place of the one before.
    func saveGathered(_ alarm: GatheredAlarm, of pipeline: String) throws

    /// Has the latest alarm of a pipeline, which waits for its time, tell of more failures: of all of these, in its job's new
    /// `item`.
    func extendAlarm(of pipeline: String, _ failures: GatheredFailures, item: String) throws

    /// Keeps that a job failed, until there is a success of the same scope. The scope tells apart what recovers by itself within
    /// a pipeline.
    func noteFailure(of job: Job.ID, scope: String, pipeline: String, at time: Timestamp) throws

    /// Whether anything has failed in a pipeline without a success since, in any scope.
    func hasOpenFailures(pipeline: String) throws -> Bool

    /// What has failed without a success since, which is forgotten by that; `nil` if nothing has.
    func takeOpenFailure(scope: String, pipeline: String) throws -> OpenFailure?

    /// What is known of successes that are expected in a pipeline, in the order of the scopes. What is expected for the first
    /// time is expected from `now` on.
    func expectations(scopes: [String], pipeline: String, at now: Timestamp) throws -> [Expectation]

    /// Keeps that it was told that a success is overdue.
    func noteOverdue(scope: String, pipeline: String) throws

    /// Keeps a success that was expected.
    func noteSuccess(scope: String, pipeline: String, at time: Timestamp) throws

    /// Keeps whether an entry of a pipeline's schedule makes no jobs, until it is told otherwise.
    func setPaused(_ isPaused: Bool, entry: String, pipeline: String, at time: Timestamp) throws

    /// Writes something that changes nothing, where a store has to write now and then to tidy up.
    func touch() throws
}

extension StoreTransaction {
    /// Records the outcome of one attempt, as ``complete(_:)-([Completion])`` does.
    package func complete(_ completion: Completion) throws -> CompletionEffect? { try complete([completion])[0] }

    /// Does nothing.
    public func touch() throws {}
}
