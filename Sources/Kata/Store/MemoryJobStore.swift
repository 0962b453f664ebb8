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
        read { $0.runs.values.first { $0.pipeline == pipeline && $0.finishedAt == nil } }
    }

    public func latestRun(pipeline: String) async throws -> Run? {
        read { $0.latestRun(pipeline: pipeline) }
    }

    public func pendingJobs(run: Run.ID, after id: Job.ID, limit: Int) async throws -> [Job] {
        read { tables in
            Array(
                tables.jobs.lazy.filter { $0.runID == run && $0.id > id && tables.outcomes[$0.id] == nil }.prefix(limit)
            )
        }
    }

    public func counts(pipeline: String) async throws -> JobCounts {
        read { tables in
            tables.runs.values.filter { $0.pipeline == pipeline }.map(\.counts).reduce(JobCounts(), +)
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

struct MemoryTables {
    var runs: [Run.ID: Run] = [:]
    var jobs: [Job] = []
    var outcomes: [Job.ID: Completion.Outcome] = [:]
    var results: [JobResult] = []
    var drains: [String: DrainReceipt] = [:]

    /// What is longer would not fit a floating-point number.
    private static let longestNumber = 300

    /// The item's value if it is a whole number, or else 0.
    static func wholeNumber(_ item: String) -> Double {
        let digits = item.hasPrefix("-") ? item.dropFirst() : item[...]
        return (1...MemoryTables.longestNumber).contains(digits.count)
            && digits.utf8.allSatisfy { (48...57).contains($0) } ? Double(item) ?? 0 : 0
    }

    func latestRun(pipeline: String) -> Run? {
        runs.values.filter { $0.pipeline == pipeline }.max { $0.id < $1.id }
    }

    func runs(in selection: ResultSelection) -> Set<Run.ID> {
        let candidates = runs.values.filter { selection.pipeline == nil || $0.pipeline == selection.pipeline }
        switch selection.runs {
        case .all: return Set(candidates.map(\.id))
        case .latest:
            return Set(Dictionary(grouping: candidates, by: \.pipeline).values.compactMap { $0.map(\.id).max() })
        case .only(let ids): return ids.intersection(candidates.map(\.id))
        }
    }
}

private final class MemoryTransaction: StoreTransaction {
    var tables: MemoryTables

    init(tables: MemoryTables) {
        self.tables = tables
    }

    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        let before = tables
        do {
            return try body()
        } catch {
            tables = before
            throw error
        }
    }

    func startRun(pipeline: String, items: Int, at time: Timestamp) throws -> Run {
        if let latest = tables.latestRun(pipeline: pipeline), latest.finishedAt == nil {
            throw StoreError.runUnfinished(pipeline: pipeline, run: latest.id)
        }
        let run = Run(id: Run.ID(tables.runs.count + 1), pipeline: pipeline, items: items, startedAt: time)
        tables.runs[run.id] = run
        return run
    }

    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws {
        guard tables.runs[run] != nil else { throw StoreError.unknownRun(run) }
        for item in items {
            tables.jobs.append(Job(id: Job.ID(tables.jobs.count + 1), runID: run, item: item, attempt: 1))
        }
        tables.runs[run]?.counts.pending += items.count
        tables.runs[run]?.progress = progress
    }

    func complete(_ completion: Completion) throws -> Bool {
        let job = completion.job
        guard
            let recorded = tables.jobs.indices.contains(Int(job.id) - 1) ? tables.jobs[Int(job.id) - 1] : nil,
            recorded.attempt == job.attempt, recorded.runID == job.runID, tables.outcomes[job.id] == nil
        else { return false }
        tables.outcomes[job.id] = completion.outcome
        tables.runs[job.runID]?.counts.pending -= 1
        switch completion.outcome {
        case .done:
            tables.runs[job.runID]?.counts.done += 1
            tables.results.append(
                JobResult(
                    id: JobResult.ID(tables.results.count + 1),
                    runID: job.runID,
                    consumerID: completion.consumerID,
                    item: recorded.item
                )
            )
        case .failed:
            tables.runs[job.runID]?.counts.failed += 1
        }
        return true
    }

    func setElapsed(_ elapsed: Duration, of run: Run.ID) throws {
        tables.runs[run]?.elapsed = elapsed
    }

    func finishRun(_ run: Run.ID, elapsed: Duration, at time: Timestamp) throws {
        tables.runs[run]?.elapsed = elapsed
        tables.runs[run]?.finishedAt = time
    }

    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws {
        tables.drains[pipeline] = receipt
    }
}
