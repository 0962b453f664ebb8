/// Reads what was committed to a store. Any task may, at any time.
///
/// A pipeline or a run that there is not has no jobs and no results, and is no error. A method throws the store's own
/// failure, or `CancellationError` in a task that was cancelled.
public protocol JobStoreReader: OutputReading {
    /// The run of that pipeline that is not finished, if there is one. There is never more than one.
    func unfinishedRun(pipeline: String) async throws -> Run?

    /// The runs of all pipelines that are not finished, in order of id.
    func unfinishedRuns() async throws -> [Run]

    /// The latest run of that pipeline, finished or not; `nil` if there was none.
    func latestRun(pipeline: String) async throws -> Run?

    /// The priorities of a run's pending jobs, the highest first.
    func pendingPriorities(run: Run.ID) async throws -> [Int]

    /// Pending jobs of a run and priority in order of id, from the first one after `id` to `last`.
    ///
    /// - Returns: at most `limit` jobs, and fewer if their items are more than a ``StorePage``; none only if there are none.
    func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job]

    /// The last of the pending jobs of a run and priority; `nil` if there is none.
    func lastPendingJob(run: Run.ID, priority: Int) async throws -> Job.ID?

    /// When the first scheduled job of a run is due; `nil` if there is none.
    func nextDue(run: Run.ID) async throws -> Timestamp?

    /// Since when some work of that pipeline waits, and when it had its last success. The jobs `inHand` do not wait although they
    /// are pending; scheduled jobs do if they are due by `now`.
    func ages(pipeline: String, inHand: Set<Job.ID>, at now: Timestamp) async throws -> PipelineAges

    /// The counts of all runs of that pipeline. Its cost does not grow with the number of jobs.
    func counts(pipeline: String) async throws -> JobCounts

    /// Whether that pipeline is paused.
    func isPaused(pipeline: String) async throws -> Bool

    /// Jobs for a list, the latest first, from the first one before `id`, at most `limit`. Of an item, and of an error, at most
    /// `textLimit` bytes are read; the rest is left out, and only ``JobRecord/itemBytes`` and ``JobRecord/errorBytes`` tell that
    /// there is more.
    func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int, textLimit: Int) async throws -> [JobRecord]

    /// Those of these jobs that there are, for a list, in the order of `ids`. Of an item, and of an error, at most `textLimit`
    /// bytes are read.
    func jobs(_ ids: [Job.ID], textLimit: Int) async throws -> [JobRecord]

    /// Looks for jobs, the latest first, from the first one before `id`, until `limit` are found, none is left, or it has taken a
    /// few milliseconds: a search may look at every job, and no other read waits for all of that.
    func search(_ search: JobSearch, before id: Job.ID, limit: Int) async throws -> JobSearchPage

    /// The ids of a pipeline's jobs in any of these states, in order, from the first one after `id`, at most `limit`; as they are
    /// at one moment.
    func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID]

    /// A job with all that is known of it; `nil` if there is none with that id, or none any more.
    func job(_ id: Job.ID) async throws -> JobRecord?

    /// Jobs with all that is known of them, as they are at one moment.
    ///
    /// - Returns: those of the first of `ids`, in that order, as many as fit in a ``StorePage`` and at least one; `nil` for one
    ///   that there is not, or not any more.
    func details(_ ids: [Job.ID]) async throws -> [JobDetails?]

    /// The attempts at a job that are over, in order, without the first `count` of them.
    ///
    /// - Returns: as many as fit in a ``StorePage``, and at least one; none only if there are no more.
    func attempts(job: Job.ID, skipping count: Int) async throws -> [Attempt]

    /// What a job has left for its next attempt; `nil` if nothing.
    func checkpoint(job: Job.ID) async throws -> String?

    /// How long the last attempt that is over took, of each of these jobs that has one.
    func lastDurations(jobs: [Job.ID]) async throws -> [Job.ID: Duration]

    /// The ids of jobs that may be pruned, in order, from the first one after `id`, at most `limit`.
    ///
    /// The latest job and the job of the latest result are never among them, so that no id is given out twice.
    func prunableJobIDs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [Job.ID]

    /// The ids of a pipeline's jobs in a final state that were finished after a time, in order, from the first one after
    /// `id`, at most `limit`.
    func jobIDs(
        pipeline: String, state: JobState, finishedAfter time: Timestamp, after id: Job.ID, limit: Int
    ) async throws -> [Job.ID]

    /// The unfinished jobs that a job waits for, in order of id.
    func blockers(job: Job.ID) async throws -> [Job.ID]

    /// Unfinished jobs that wait for a job, in order of id, at most `limit`.
    func dependents(job: Job.ID, limit: Int) async throws -> [Job.ID]

    /// The jobs that are cancelled because that one failed or was cancelled, which they were to wait for, in order, from the
    /// first one after `id`, at most `limit`.
    func jobsCancelled(with job: Job.ID, after id: Job.ID, limit: Int) async throws -> [Job.ID]

    /// How many pending jobs of a run come before a job with that priority and id.
    ///
    /// - Returns: at most `limit`.
    func jobsBefore(_ id: Job.ID, priority: Int, run: Run.ID, keys: JobKeys, limit: Int) async throws -> Int

    /// The runs that a selection means now, in order.
    func runIDs(in selection: ResultSelection) async throws -> [Run.ID]

    /// The id of the latest result of all; 0 if there is none.
    func latestResultID() async throws -> JobResult.ID

    /// Results in order of consumption, from the first one after `id`.
    ///
    /// - Returns: at most `limit` results, and fewer if their items are more than a ``StorePage``; none only if there are
    ///   none.
    func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult]

    /// What each consumer did in a run, in order of the consumers' numbers. Results that were pruned do not count.
    func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal]

    /// What is kept of the entries of a pipeline's schedule, in order of their names. An entry that was never paused, and made
    /// no job, is not among them.
    func scheduleEntries(pipeline: String) async throws -> [ScheduleEntryState]

    /// The receipt of that pipeline's last drain; `nil` if there was none.
    func lastDrain(pipeline: String) async throws -> DrainReceipt?
}

extension JobStoreReader {
    /// Pending jobs of a run and priority, whatever their keys, in order of id, from the first one after `id`.
    ///
    /// - Returns: at most `limit` jobs, and fewer if their items are large; none only if there are none.
    /// - Throws: the store's own failure; `CancellationError`.
    public func pendingJobs(run: Run.ID, priority: Int, after id: Job.ID, limit: Int) async throws -> [Job] {
        try await pendingJobs(run: run, priority: priority, keys: .all, after: id, through: .max, limit: limit)
    }
}
