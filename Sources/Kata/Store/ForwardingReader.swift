/// A store that leaves its reading to another reader, because it only adds to that one, or because it is made of parts.
public protocol ForwardingReader: JobStoreReader {
    /// Answers whatever the store does not read by itself.
    var reader: any JobStoreReader { get }
}

/// Each requirement of ``JobStoreReader`` is passed on to ``ForwardingReader/reader`` as it is, and keeps its contract.
extension ForwardingReader {
    public func unfinishedRun(pipeline: String) async throws -> Run? {
        try await reader.unfinishedRun(pipeline: pipeline)
    }

    public func unfinishedRuns() async throws -> [Run] {
        try await reader.unfinishedRuns()
    }

    public func latestRun(pipeline: String) async throws -> Run? {
        try await reader.latestRun(pipeline: pipeline)
    }

    public func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await reader.pendingPriorities(run: run)
    }

    public func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        try await reader.pendingJobs(
            run: run, priority: priority, keys: keys, after: id, through: last, limit: limit)
    }

    public func lastPendingJob(run: Run.ID, priority: Int) async throws -> Job.ID? {
        try await reader.lastPendingJob(run: run, priority: priority)
    }

    public func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await reader.nextDue(run: run)
    }

    public func ages(pipeline: String, inHand: Set<Job.ID>, at now: Timestamp) async throws -> PipelineAges {
        try await reader.ages(pipeline: pipeline, inHand: inHand, at: now)
    }

    public func checkpoint(job: Job.ID) async throws -> String? {
        try await reader.checkpoint(job: job)
    }

    public func isPaused(pipeline: String) async throws -> Bool {
        try await reader.isPaused(pipeline: pipeline)
    }

    public func jobs(
        _ filter: JobFilter, before id: Job.ID, limit: Int, textLimit: Int
    ) async throws -> [JobRecord] {
        try await reader.jobs(filter, before: id, limit: limit, textLimit: textLimit)
    }

    public func jobs(_ ids: [Job.ID], textLimit: Int) async throws -> [JobRecord] {
        try await reader.jobs(ids, textLimit: textLimit)
    }

    public func search(_ search: JobSearch, before id: Job.ID, limit: Int) async throws -> JobSearchPage {
        try await reader.search(search, before: id, limit: limit)
    }

    public func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await reader.jobIDs(pipeline: pipeline, states: states, after: id, limit: limit)
    }

    public func job(_ id: Job.ID) async throws -> JobRecord? {
        try await reader.job(id)
    }

    public func prunableJobIDs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await reader.prunableJobIDs(selection, after: id, limit: limit)
    }

    public func jobIDs(
        pipeline: String, state: JobState, finishedAfter time: Timestamp, after id: Job.ID, limit: Int
    ) async throws -> [Job.ID] {
        try await reader.jobIDs(pipeline: pipeline, state: state, finishedAfter: time, after: id, limit: limit)
    }

    public func blockers(job: Job.ID) async throws -> [Job.ID] {
        try await reader.blockers(job: job)
    }

    public func dependents(job: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await reader.dependents(job: job, limit: limit)
    }

    public func jobsCancelled(with job: Job.ID, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await reader.jobsCancelled(with: job, after: id, limit: limit)
    }

    public func jobsBefore(
        _ id: Job.ID, priority: Int, run: Run.ID, keys: JobKeys, limit: Int
    ) async throws -> Int {
        try await reader.jobsBefore(id, priority: priority, run: run, keys: keys, limit: limit)
    }

    public func details(_ ids: [Job.ID]) async throws -> [JobDetails?] {
        try await reader.details(ids)
    }

    public func attempts(job: Job.ID, skipping count: Int) async throws -> [Attempt] {
        try await reader.attempts(job: job, skipping: count)
    }

    public func lastDurations(jobs: [Job.ID]) async throws -> [Job.ID: Duration] {
        try await reader.lastDurations(jobs: jobs)
    }

    public func counts(pipeline: String) async throws -> JobCounts {
        try await reader.counts(pipeline: pipeline)
    }

    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        try await reader.runIDs(in: selection)
    }

    public func latestResultID() async throws -> JobResult.ID {
        try await reader.latestResultID()
    }

    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        try await reader.results(selection, after: id, limit: limit)
    }

    public func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await reader.consumerTotals(run: run)
    }

    public func scheduleEntries(pipeline: String) async throws -> [ScheduleEntryState] {
        try await reader.scheduleEntries(pipeline: pipeline)
    }

    public func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await reader.lastDrain(pipeline: pipeline)
    }

    public func outputs(job: Job.ID, after id: OutputRecord.ID, limit: Int) async throws -> [OutputRecord] {
        try await reader.outputs(job: job, after: id, limit: limit)
    }

    public func outputPieces(_ output: OutputRecord.ID, from position: Int) async throws -> [OutputPiece] {
        try await reader.outputPieces(output, from: position)
    }
}
