import GRDB
import Kata

/// The writes of one transaction on the writing connection.
///
/// The counters of a run are added up here and written once, by ``writeCounters()``, before the commit.
final class SQLiteTransaction: StoreTransaction {
    private let database: Database
    private var counters: [Run.ID: (done: Int64, failed: Int64)] = [:]
    private let updateJob: SQLStatement
    private let insertResult: SQLStatement
    private let insertJob: SQLStatement

    init(database: Database) throws {
        self.database = database
        updateJob = try SQLStatement(
            "UPDATE job SET state = ?3, error = ?4 WHERE id = ?1 AND attempt = ?2 AND state = 0", in: database
        )
        insertResult = try SQLStatement(
            """
            INSERT INTO result (job_id, run_id, consumer_id, attempt, started_at, finished_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, in: database
        )
        insertJob = try SQLStatement("INSERT INTO job (run_id, created_at, item) VALUES (?1, ?2, ?3)", in: database)
    }

    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        let before = counters
        var result: Result?
        do {
            try database.inSavepoint {
                result = try body()
                return .commit
            }
        } catch {
            counters = before
            throw error
        }
        guard let result else { preconditionFailure("a savepoint was released without a result") }
        return result
    }

    func startRun(pipeline: String, items: Int, at time: Timestamp) throws -> Run {
        let pipelineID = try pipelineID(of: pipeline)
        let unfinished = try Int64.fetchOne(
            database, sql: "SELECT id FROM run WHERE pipeline_id = ? AND finished_at IS NULL", arguments: [pipelineID]
        )
        if let unfinished { throw StoreError.runUnfinished(pipeline: pipeline, run: unfinished) }
        try database.execute(
            sql: "INSERT INTO run (pipeline_id, items, started_at) VALUES (?, ?, ?)",
            arguments: [pipelineID, items, time.milliseconds]
        )
        return Run(id: database.lastInsertedRowID, pipeline: pipeline, items: items, startedAt: time)
    }

    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws {
        let (cursor, isExhausted): (String?, Bool) =
            switch progress {
            case .start: (nil, false)
            case .at(let cursor): (cursor, false)
            case .exhausted: (nil, true)
            }
        try database.execute(
            sql: "UPDATE run SET added = added + ?, source_cursor = ?, source_exhausted = ? WHERE id = ?",
            arguments: [items.count, cursor, isExhausted, run]
        )
        if database.changesCount == 0 { throw StoreError.unknownRun(run) }
        insertJob.bind(run, at: 1)
        insertJob.bind(time.milliseconds, at: 2)
        for item in items {
            insertJob.bind(item, at: 3)
            try insertJob.execute()
        }
    }

    func complete(_ completion: Completion) throws -> Bool {
        let job = completion.job
        updateJob.bind(job.id, at: 1)
        updateJob.bind(Int64(job.attempt), at: 2)
        switch completion.outcome {
        case .done:
            updateJob.bind(JobState.done.rawValue, at: 3)
            updateJob.bindNull(at: 4)
        case .failed(let reason):
            updateJob.bind(JobState.failed.rawValue, at: 3)
            updateJob.bind(reason, at: 4)
        }
        try updateJob.execute()
        guard database.changesCount == 1 else { return false }
        switch completion.outcome {
        case .done:
            counters[job.runID, default: (0, 0)].done += 1
            try insertResult(of: completion)
        case .failed:
            counters[job.runID, default: (0, 0)].failed += 1
        }
        return true
    }

    func setElapsed(_ elapsed: Duration, of run: Run.ID) throws {
        try database.execute(sql: "UPDATE run SET elapsed_us = ? WHERE id = ?", arguments: [elapsed.microseconds, run])
    }

    func finishRun(_ run: Run.ID, elapsed: Duration, at time: Timestamp) throws {
        try database.execute(
            sql: "UPDATE run SET elapsed_us = ?, finished_at = ? WHERE id = ?",
            arguments: [elapsed.microseconds, time.milliseconds, run]
        )
    }

    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws {
        try database.execute(
            sql: """
                UPDATE pipeline SET drained_at = ?, drain_finished = ?, drain_went_back = ?, drain_cut_off = ? WHERE id = ?
                """,
            arguments: [
                receipt.at.milliseconds, receipt.finished, receipt.wentBack, receipt.cutOff,
                try pipelineID(of: pipeline),
            ]
        )
    }

    func writeCounters() throws {
        for (run, counts) in counters {
            try database.execute(
                sql: "UPDATE run SET done = done + ?, failed = failed + ? WHERE id = ?",
                arguments: [counts.done, counts.failed, run]
            )
        }
    }

    private func insertResult(of completion: Completion) throws {
        insertResult.bind(completion.job.id, at: 1)
        insertResult.bind(completion.job.runID, at: 2)
        insertResult.bind(completion.consumerID, at: 3)
        insertResult.bind(Int64(completion.job.attempt), at: 4)
        insertResult.bind(completion.startedAt.milliseconds, at: 5)
        insertResult.bind(completion.finishedAt.milliseconds, at: 6)
        try insertResult.execute()
    }

    private func pipelineID(of name: String) throws -> Int64 {
        let known = try Int64.fetchOne(database, sql: "SELECT id FROM pipeline WHERE name = ?", arguments: [name])
        if let known { return known }
        try database.execute(sql: "INSERT INTO pipeline (name) VALUES (?)", arguments: [name])
        return database.lastInsertedRowID
    }
}

/// The values of `job.state` once a job is finished. Before, it is 0: pending, even while a daemon works on it.
enum JobState: Int64 {
    case done = 2
    case failed = 3
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
