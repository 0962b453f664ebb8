import GRDB
public import Kata

/// Reads a Kata database. Each call sees one state of it: what was committed before the call.
public struct SQLiteReader: JobStoreReader {
    private let connections: @Sendable () -> any DatabaseReader
    private let path: String
    private let reads: ReadsInProgress

    /// - Parameters:
    ///   - reads: to which those of this reader are added.
    ///   - connections: those to read on, which may be other ones from time to time.
    init(
        path: String, reads: ReadsInProgress = ReadsInProgress(),
        connections: @escaping @Sendable () -> any DatabaseReader
    ) {
        self.path = path
        self.reads = reads
        self.connections = connections
    }

    /// Opens a database that a daemon may be using, for reading only.
    ///
    /// - Throws: ``SQLiteOpenError``.
    public init(path: String) throws {
        self.path = path
        reads = ReadsInProgress()
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            try checkIsReadable(path)
            let database = try DatabaseQueue(path: path, configuration: configuration)
            connections = { database }
            let version = try database.read { try checkIsKata($0, path: path, isEmptyAllowed: false) }
            if version < Schema.version { throw SQLiteOpenError.older(path: path, version: version) }
        } catch let error as DatabaseError {
            throw SQLiteOpenError(error, path: path)
        }
    }

    /// The run of that pipeline that is not finished; `nil` if all are.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func unfinishedRun(pipeline: String) async throws -> Run? {
        try await run(where: "name = ?1 AND finished_at IS NULL", pipeline)
    }

    /// The runs of all pipelines that are not finished, in order of id. Finished ones are not looked at.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func unfinishedRuns() async throws -> [Run] {
        try await read { database in
            try RunQuery.runs(database, where: "finished_at IS NULL ORDER BY run.id") { _ in }
        }
    }

    /// The run of that pipeline that was started last; `nil` before the first one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func latestRun(pipeline: String) async throws -> Run? {
        try await run(where: "name = ?1 ORDER BY run.id DESC LIMIT 1", pipeline)
    }

    /// The counts of all runs of that pipeline, which each run keeps: no job is looked at.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func counts(pipeline: String) async throws -> JobCounts {
        try await read { try RunQuery.counts($0, pipeline: pipeline, except: 0) }
    }

    /// Whether that pipeline is paused; `false` for one that is not known.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func isPaused(pipeline: String) async throws -> Bool {
        try await read { database in
            let query = try SQLStatement(
                "SELECT 1 FROM pipeline WHERE name = ?1 AND paused_at IS NOT NULL", in: database)
            query.bind(pipeline, at: 1)
            return try !query.rows { _ in () }.isEmpty
        }
    }

    /// The runs that a selection means now, in order.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        try await read { database in
            try SQLStatement(
                "SELECT run.id FROM run JOIN pipeline ON pipeline.id = run.pipeline_id\(selection.condition) ORDER BY run.id",
                in: database
            )
            .bound(to: selection)
            .rows { $0.integer(0) }
        }
    }

    /// The id of the latest result of all; 0 if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func latestResultID() async throws -> JobResult.ID {
        try await read { try SQLStatement("SELECT max(id) FROM result", in: $0).rows { $0.integer(0) }[0] }
    }

    /// Results in order of consumption; fewer than `limit` if their items are more than a `StorePage`. With no selection
    /// the table is read straight through.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        // Without a selection the result table is read straight through.
        let filter =
            selection == ResultSelection()
            ? ""
            : " AND result.run_id IN (SELECT run.id FROM run JOIN pipeline ON pipeline.id = run.pipeline_id\(selection.condition))"
        return try await read { database in
            let query = try SQLStatement(
                """
                SELECT result.id, result.run_id, consumer_id, item, job_id, name, result.attempt, result.started_at,
                    result.finished_at
                FROM result
                CROSS JOIN job ON job.id = result.job_id
                CROSS JOIN run AS its_run ON its_run.id = result.run_id
                CROSS JOIN pipeline AS its_pipeline ON its_pipeline.id = its_run.pipeline_id
                WHERE result.id > ?2\(filter) ORDER BY result.id LIMIT ?3
                """, in: database
            )
            query.bind(id, at: 2)
            query.bind(Int64(limit), at: 3)
            var page = StorePage()
            return try query.bound(to: selection).rows { row in
                JobResult(
                    id: row.integer(0), runID: row.integer(1), consumerID: row.text(2), item: row.text(3),
                    jobID: row.integer(4), pipeline: row.text(5), attempt: Int(row.integer(6)),
                    startedAt: Timestamp(milliseconds: row.integer(7)),
                    finishedAt: Timestamp(milliseconds: row.integer(8)))
            } while: { result in
                page.add(result.item.utf8.count)
            }
        }
    }

    /// What each consumer did in a run, as the view `consumer_totals` says, `c2` before `c10`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT consumer_id, items, total FROM consumer_totals WHERE run_id = ?1", in: database
            )
            query.bind(run, at: 1)
            return try query.rows { row in
                ConsumerTotal(consumerID: row.text(0), items: Int(row.integer(1)), total: row.double(2))
            }
        }
    }

    /// The receipt of that pipeline's last drain; `nil` before the first one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await read { database in
            let query = try SQLStatement(
                """
                SELECT drain_finished, drain_went_back, drain_cut_off, drained_at
                FROM pipeline WHERE name = ?1 AND drained_at IS NOT NULL
                """, in: database
            )
            query.bind(pipeline, at: 1)
            return try query.rows { row in
                DrainReceipt(
                    finished: Int(row.integer(0)),
                    wentBack: Int(row.integer(1)),
                    cutOff: Int(row.integer(2)),
                    at: Timestamp(milliseconds: row.integer(3))
                )
            }.first
        }
    }

    /// - Parameter purpose: what for, in a word.
    /// - Throws: ``StoreFailure``; `CancellationError`.
    func read<Value: Sendable>(
        for purpose: StaticString = #function, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let id = reads.begin(purpose)
        defer { reads.end(id) }
        do {
            return try await connections().read(body)
        } catch let error as DatabaseError where error.isInterruptionError && Task.isCancelled {
            // A read in a cancelled task is interrupted.
            throw CancellationError()
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    private func run(where condition: String, _ pipeline: String) async throws -> Run? {
        try await read { database in
            try RunQuery.runs(database, where: condition) { $0.bind(pipeline, at: 1) }.first
        }
    }
}

extension ResultSelection {
    /// The `WHERE` clause over `run` and `pipeline`; `?1` is the pipeline's name.
    fileprivate var condition: String {
        var conditions: [String] = []
        if pipeline != nil { conditions.append("name = ?1") }
        switch runs {
        case .all: break
        case .latest: conditions.append("run.id IN (SELECT max(id) FROM run GROUP BY pipeline_id)")
        case .only(let ids): conditions.append("run.id IN (\(ids.sorted().map(String.init).joined(separator: ",")))")
        }
        return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }
}

extension SQLStatement {
    fileprivate func bound(to selection: ResultSelection) -> SQLStatement {
        if let pipeline = selection.pipeline { bind(pipeline, at: 1) }
        return self
    }
}
