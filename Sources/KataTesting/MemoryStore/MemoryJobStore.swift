public import Kata
import Synchronization

/// A store that keeps everything in memory, for tests and for work that need not outlive the process.
public final class MemoryJobStore: JobStore {
    private let tables: Mutex<MemoryTables>

    /// Makes an empty store.
    public init() {
        tables = Mutex(MemoryTables())
    }

    /// Makes a store with everything that another one has now. What becomes of one from here on does not touch the other.
    public init(copying other: MemoryJobStore) {
        let copy = other.read { $0 }
        tables = Mutex(copy)
    }

    /// Runs `body` on a copy of the tables, and puts the copy in their place. Nothing outlives the process.
    ///
    /// - Throws: what `body` threw; the tables stay as they were then.
    public func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        let transaction = MemoryTransaction(tables: tables.withLock { $0 })
        let result = try body(transaction)
        let changed = transaction.tables
        tables.withLock { $0 = changed }
        return result
    }

    /// The run of that pipeline that is not finished; `nil` if all are.
    public func unfinishedRun(pipeline: String) async throws -> Run? {
        read { $0.unfinishedRun(pipeline: pipeline) }
    }

    /// The runs of all pipelines that are not finished, in order of id.
    public func unfinishedRuns() async throws -> [Run] {
        read { $0.runs.values.filter { $0.finishedAt == nil }.sorted { $0.id < $1.id } }
    }

    /// The run of that pipeline with the largest id; `nil` before the first one.
    public func latestRun(pipeline: String) async throws -> Run? {
        read { $0.latestRun(pipeline: pipeline) }
    }

    /// The priorities of a run's pending jobs, the highest first.
    public func pendingPriorities(run: Run.ID) async throws -> [Int] {
        read { tables in
            Set(tables.jobs.lazy.filter { $0.job.runID == run && $0.state == .pending }.map(\.job.priority))
                .sorted(by: >)
        }
    }

    /// Pending jobs of a run and priority, in order of id. However large their items are, there are `limit` of them.
    public func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        read { tables in
            let jobs = tables.jobs.lazy.filter { record in
                record.job.runID == run && record.state == .pending && record.job.priority == priority
                    && record.job.id > id && record.job.id <= last && keys.contain(record.job.key)
            }
            return Array(jobs.map(\.readyJob).prefix(limit))
        }
    }

    /// The last of the pending jobs of a run and priority; `nil` if there is none.
    public func lastPendingJob(run: Run.ID, priority: Int) async throws -> Job.ID? {
        read { tables in
            tables.jobs.last { record in
                record.job.runID == run && record.state == .pending && record.job.priority == priority
            }?.job.id
        }
    }

    /// When the first scheduled job of a run is due; `nil` if there is none.
    public func nextDue(run: Run.ID) async throws -> Timestamp? {
        read { tables in
            tables.jobs.lazy.filter { $0.job.runID == run && $0.state == .scheduled }.compactMap(\.runAt).min()
        }
    }

    /// Since when some work of that pipeline waits, and when it had its last success.
    public func ages(pipeline: String, inHand: Set<Job.ID>, at now: Timestamp) async throws -> PipelineAges {
        read { tables in
            let waiting = tables.jobs.filter { record in
                guard tables.runs[record.job.runID]?.pipeline == pipeline, !inHand.contains(record.job.id) else {
                    return false
                }
                return record.state == .pending || record.state == .scheduled && record.runAt.map { $0 <= now } ?? false
            }
            // Of each priority the first one counts, and those that are due and have not come to the others yet.
            let first = Dictionary(grouping: waiting.filter { $0.state == .pending }, by: \.job.priority)
                .values.compactMap(\.first?.readyJob.readyAt)
            let due = waiting.filter { $0.state == .scheduled }.compactMap(\.runAt)
            return PipelineAges(oldestReady: (first + due).min(), lastSuccess: tables.lastSuccesses[pipeline])
        }
    }

    /// The counts of all runs of that pipeline.
    public func counts(pipeline: String) async throws -> JobCounts {
        read { tables in
            tables.runs.values.filter { $0.pipeline == pipeline }.map(\.counts).reduce(JobCounts(), +)
        }
    }

    /// Whether that pipeline is paused; `false` for one that is not known.
    public func isPaused(pipeline: String) async throws -> Bool {
        read { $0.pausedPipelines.contains(pipeline) }
    }

    /// Jobs for a list, the latest first.
    public func jobs(
        _ filter: JobFilter, before id: Job.ID, limit: Int, textLimit: Int
    ) async throws -> [JobRecord] {
        read { tables in
            let records = tables.jobs.reversed().lazy.filter { record in
                record.job.id < id && (filter.pipeline == nil || record.pipeline == filter.pipeline)
                    && (filter.state == nil || record.state == filter.state)
            }
            return records.prefix(limit).map { $0.cut(to: textLimit) }
        }
    }

    /// Those of these jobs that there are, in the order of `ids`.
    public func jobs(_ ids: [Job.ID], textLimit: Int) async throws -> [JobRecord] {
        read { tables in ids.compactMap { tables.index(of: $0) }.map { tables.jobs[$0].cut(to: textLimit) } }
    }

    /// The ids of a pipeline's jobs in any of these states, in order.
    public func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        read { tables in
            let records = tables.jobs.lazy.filter { record in
                record.job.id > id && record.pipeline == pipeline && states.contains(record.state)
            }
            return Array(records.map(\.job.id).prefix(limit))
        }
    }

    /// A job with all that is known of it; `nil` if there is none.
    public func job(_ id: Job.ID) async throws -> JobRecord? {
        read { tables in tables.index(of: id).map { tables.jobs[$0] } }
    }

    /// Jobs with all that is known of them.
    public func details(_ ids: [Job.ID]) async throws -> [JobDetails?] {
        let jobs: [JobDetails?] = read { tables in
            ids.map { id in
                guard let index = tables.index(of: id) else { return nil }
                let all = tables.attempts[id] ?? []
                let attempts = Self.page(of: all) { $0.textBytes }
                return JobDetails(
                    record: tables.jobs[index], attempts: attempts, hasAllAttempts: attempts.count == all.count,
                    lastDuration: all.last?.duration,
                    checkpoint: tables.jobs[index].state == .done ? nil : tables.checkpoints[id])
            }
        }
        return Self.page(of: jobs) { $0?.textBytes ?? 0 }
    }

    /// The attempts at a job that are over, in the order in which they were recorded.
    public func attempts(job: Job.ID, skipping count: Int) async throws -> [Attempt] {
        read { tables in
            Self.page(of: (tables.attempts[job] ?? []).dropFirst(count)) { $0.textBytes }
        }
    }

    /// What a job has left for its next attempt.
    public func checkpoint(job: Job.ID) async throws -> String? {
        read { $0.checkpoints[job] }
    }

    /// How long the last attempt that is over took, of each of these jobs that has one.
    public func lastDurations(jobs: [Job.ID]) async throws -> [Job.ID: Duration] {
        read { tables in
            let attempts = jobs.compactMap { id in tables.attempts[id]?.last.map { (id, $0) } }
            return Dictionary(attempts) { first, _ in first }
                .mapValues { .milliseconds($0.finishedAt.milliseconds - $0.startedAt.milliseconds) }
        }
    }

    /// The ids of jobs that may be pruned, in order.
    public func prunableJobIDs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        read { tables in
            let records = tables.jobs.lazy.filter { $0.job.id > id && tables.isPrunable($0, selection) }
            return records.prefix(limit).map(\.job.id)
        }
    }

    /// The ids of a pipeline's jobs in a final state that were finished after a time.
    public func jobIDs(
        pipeline: String, state: JobState, finishedAfter time: Timestamp, after id: Job.ID, limit: Int
    ) async throws -> [Job.ID] {
        read { tables in
            let records = tables.jobs.lazy.filter { record in
                record.job.id > id && record.pipeline == pipeline && record.state == state
                    && record.finishedAt.map { $0 > time } ?? false
            }
            return records.prefix(limit).map(\.job.id)
        }
    }

    /// The unfinished jobs that a job waits for, in order of id.
    public func blockers(job: Job.ID) async throws -> [Job.ID] {
        read { ($0.blockers[job] ?? []).sorted() }
    }

    /// The unfinished jobs that wait for a job, in order of id.
    public func dependents(job: Job.ID, limit: Int) async throws -> [Job.ID] {
        read { tables in Array(tables.blockers.filter { $0.value.contains(job) }.keys.sorted().prefix(limit)) }
    }

    /// The jobs that are cancelled because of that one, in order of id.
    public func jobsCancelled(with job: Job.ID, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        read { tables in
            tables.jobs.lazy.filter { $0.cancelledWith == job && $0.job.id > id }.prefix(limit).map(\.job.id)
        }
    }

    /// How many pending jobs of a run come before one; at most `limit`.
    public func jobsBefore(
        _ id: Job.ID, priority: Int, run: Run.ID, keys: JobKeys, limit: Int
    ) async throws -> Int {
        read { tables in
            let before = tables.jobs.lazy.filter { record in
                record.job.runID == run && record.state == .pending && keys.contain(record.job.key)
                    && (record.job.priority > priority || record.job.priority == priority && record.job.id < id)
            }
            return before.prefix(limit).count
        }
    }

    /// The runs that a selection means now, in order.
    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        read { $0.runs(in: selection).sorted() }
    }

    /// The id of the latest result of all; 0 if there is none.
    public func latestResultID() async throws -> JobResult.ID {
        read { $0.results.last?.id ?? 0 }
    }

    /// Results in order of consumption.
    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        read { tables in
            let runs = tables.runs(in: selection)
            let results = tables.results.lazy.filter { $0.id > id && runs.contains($0.runID) }
            return Self.page(of: results.prefix(limit)) { $0.item.utf8.count }
        }
    }

    /// What each consumer did in a run, `c2` before `c10`.
    public func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        read { tables in
            Dictionary(grouping: tables.results.filter { $0.runID == run }, by: \.consumerID)
                .map { consumerID, results in
                    let total = results.reduce(0) { $0 + MemoryTables.wholeNumber($1.item) }
                    return ConsumerTotal(consumerID: consumerID, items: results.count, total: total)
                }
                .sorted { ConsumerID.areInOrder($0.consumerID, $1.consumerID) }
        }
    }

    /// The receipt of that pipeline's last drain; `nil` before the first one.
    public func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        read { $0.drains[pipeline] }
    }

    /// The outputs of a job, in the order in which they began.
    public func outputs(job: Job.ID, after id: OutputRecord.ID, limit: Int) async throws -> [OutputRecord] {
        read { tables in
            tables.outputs.lazy.filter { $0.job == job && $0.record.id > id }.prefix(limit).map(\.record)
        }
    }

    /// The pieces of an output, from the first one that ends after `position`.
    public func outputPieces(_ output: OutputRecord.ID, from position: Int) async throws -> [OutputPiece] {
        read { tables in
            let pieces = tables.outputs.first { $0.record.id == output }?.pieces ?? []
            return Self.page(of: pieces.filter { $0.end > position }) { $0.bytes.count }
        }
    }

    /// What is kept of the entries of a pipeline's schedule, in order of their names.
    public func scheduleEntries(pipeline: String) async throws -> [ScheduleEntryState] {
        read { tables in
            tables.scheduleEntries.filter { $0.key.pipeline == pipeline }.sorted { $0.key.name < $1.key.name }
                .map { part, state in
                    let record = state.lastJob.flatMap { tables.index(of: $0) }.map { tables.jobs[$0] }
                    return ScheduleEntryState(
                        entry: part.name, pausedAt: state.pausedAt, lastJob: state.lastJob, lastState: record?.state,
                        lastCreatedAt: record?.createdAt, lastFinishedAt: record?.finishedAt, lastError: record?.error)
                }
        }
    }

    private static func page<Row>(of rows: some Sequence<Row>, size: (Row) -> Int) -> [Row] {
        var page = StorePage()
        var read: [Row] = []
        for row in rows {
            read.append(row)
            if !page.add(size(row)) { break }
        }
        return read
    }

    func read<Result>(_ body: (MemoryTables) -> Result) -> Result {
        // A copy: the arrays are shared until the next transaction changes them.
        body(tables.withLock { $0 })
    }
}
