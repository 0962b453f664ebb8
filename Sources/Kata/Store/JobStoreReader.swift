/// Reads what was committed to a store. Any task may, at any time.
public protocol JobStoreReader: Sendable {
    /// The run of that pipeline that is not finished, if there is one. There is never more than one.
    func unfinishedRun(pipeline: String) async throws -> Run?

    /// The latest run of that pipeline, finished or not.
    func latestRun(pipeline: String) async throws -> Run?

    /// Unfinished jobs of a run in order of id, from the first one after `id`, at most `limit`.
    func pendingJobs(run: Run.ID, after id: Job.ID, limit: Int) async throws -> [Job]

    /// The counts of all runs of that pipeline. Its cost does not grow with the number of jobs.
    func counts(pipeline: String) async throws -> JobCounts

    /// The runs that a selection means now, in order.
    func runIDs(in selection: ResultSelection) async throws -> [Run.ID]

    /// The id of the latest result of all; 0 if there is none.
    func latestResultID() async throws -> JobResult.ID

    /// Results in order of consumption, from the first one after `id`, at most `limit`.
    func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult]

    /// What each consumer did in a run, in order of consumer ID.
    func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal]

    /// The receipt of that pipeline's last drain.
    func lastDrain(pipeline: String) async throws -> DrainReceipt?
}
