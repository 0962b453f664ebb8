import Synchronization

/// A store that keeps everything in memory, for tests and for work that need not outlive the process.
public final class MemoryJobStore: JobStore {
    private let tables = Mutex(MemoryTables())

    public init() {}

    public func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        let transaction = MemoryTransaction(tables: tables.withLock { $0 })
        let result = try body(transaction)
        let changed = transaction.tables
        tables.withLock { $0 = changed }
        return result
    }

    public func unfinishedRun(pipeline: String) async throws -> Run? {
        read { $0.unfinishedRun(pipeline: pipeline) }
    }

    public func latestRun(pipeline: String) async throws -> Run? {
        read { $0.latestRun(pipeline: pipeline) }
    }

    public func pendingPriorities(run: Run.ID) async throws -> [Int] {
        read { tables in
            Set(tables.jobs.lazy.filter { $0.job.runID == run && $0.state == .pending }.map(\.job.priority))
                .sorted(by: >)
        }
    }

    public func pendingJobs(run: Run.ID, priority: Int, after id: Job.ID, limit: Int) async throws -> [Job] {
        read { tables in
            let jobs = tables.jobs.lazy.filter { record in
                record.job.runID == run && record.state == .pending && record.job.priority == priority
                    && record.job.id > id
            }
            return Array(jobs.map(\.job).prefix(limit))
        }
    }

    public func nextDue(run: Run.ID) async throws -> Timestamp? {
        read { tables in
            tables.jobs.lazy.filter { $0.job.runID == run && $0.state == .scheduled }.compactMap(\.runAt).min()
        }
    }

    public func counts(pipeline: String) async throws -> JobCounts {
        read { tables in
            tables.runs.values.filter { $0.pipeline == pipeline }.map(\.counts).reduce(JobCounts(), +)
        }
    }

    public func isPaused(pipeline: String) async throws -> Bool {
        read { $0.pausedPipelines.contains(pipeline) }
    }

    public func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int) async throws -> [JobRecord] {
        read { tables in
            let records = tables.jobs.reversed().lazy.filter { record in
                record.job.id < id && (filter.pipeline == nil || record.pipeline == filter.pipeline)
                    && (filter.state == nil || record.state == filter.state)
            }
            return Array(records.prefix(limit))
        }
    }

    public func jobIDs(pipeline: String, state: JobState, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        read { tables in
            let records = tables.jobs.lazy.filter { record in
                record.job.id > id && record.pipeline == pipeline && record.state == state
            }
            return Array(records.map(\.job.id).prefix(limit))
        }
    }

    public func job(_ id: Job.ID) async throws -> JobRecord? {
        read { tables in tables.index(of: id).map { tables.jobs[$0] } }
    }

    public func attempts(job: Job.ID) async throws -> [Attempt] {
        read { $0.attempts[job] ?? [] }
    }

    public func prunableJobs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [JobRecord] {
        read { tables in
            Array(tables.jobs.lazy.filter { $0.job.id > id && tables.isPrunable($0, selection) }.prefix(limit))
        }
    }

    public func blockers(job: Job.ID) async throws -> [Job.ID] {
        read { ($0.blockers[job] ?? []).sorted() }
    }

    public func jobsBefore(_ id: Job.ID, priority: Int, run: Run.ID, limit: Int) async throws -> Int {
        read { tables in
            let before = tables.jobs.lazy.filter { record in
                record.job.runID == run && record.state == .pending
                    && (record.job.priority > priority || record.job.priority == priority && record.job.id < id)
            }
            return before.prefix(limit).count
        }
    }

    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        read { $0.runs(in: selection).sorted() }
    }

    public func latestResultID() async throws -> JobResult.ID {
        read { $0.results.last?.id ?? 0 }
    }

    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        read { tables in
            let runs = tables.runs(in: selection)
            return Array(tables.results.lazy.filter { $0.id > id && runs.contains($0.runID) }.prefix(limit))
        }
    }

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

    public func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        read { $0.drains[pipeline] }
    }

    private func read<Result>(_ body: (MemoryTables) -> Result) -> Result {
        // A copy: the arrays are shared until the next transaction changes them.
        body(tables.withLock { $0 })
    }
}
