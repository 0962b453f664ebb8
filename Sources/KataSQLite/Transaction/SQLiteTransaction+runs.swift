import GRDB
import Kata

extension SQLiteTransaction {
    func startRun(pipeline: String, items: Int?, at time: Timestamp) throws -> Run {
        let pipelineID = try pipelineID(of: pipeline)
        try checkIsFinished(pipeline, id: pipelineID)
        try database.execute(
            sql: "INSERT INTO run (pipeline_id, items, started_at) VALUES (?, ?, ?)",
            arguments: [pipelineID, items, time.milliseconds]
        )
        let id = database.lastInsertedRowID
        guard let run = try RunQuery.runs(database, where: "run.id = ?1", { $0.bind(id, at: 1) }).first else {
            throw StoreError.unknownRun(id)
        }
        return run
    }

    func reopenRun(_ run: Run.ID) throws {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT pipeline_id, name, finished_at IS NULL FROM run JOIN pipeline ON pipeline.id = pipeline_id
                WHERE run.id = ?
                """,
            arguments: [run]
        )
        guard let row else { throw StoreError.unknownRun(run) }
        if row[2] { return }
        try checkIsFinished(row[1], id: row[0])
        try database.execute(sql: "UPDATE run SET finished_at = NULL WHERE id = ?", arguments: [run])
    }

    func beginSession(run id: Run.ID) throws -> SessionStart {
        try writeCounters()
        guard let run = try RunQuery.runs(database, where: "run.id = ?1", { $0.bind(id, at: 1) }).first else {
            throw StoreError.unknownRun(id)
        }
        try database.execute(
            sql: """
                UPDATE job SET interruptions = interruptions + 1, started_at = NULL
                WHERE run_id = ? AND started_at IS NOT NULL
                """,
            arguments: [id]
        )
        let interrupted = database.changesCount
        let brokeOff = try Bool.fetchOne(database, sql: "SELECT session_open FROM run WHERE id = ?", arguments: [id])
        let isPaused = try Bool.fetchOne(
            database, sql: "SELECT paused_at IS NOT NULL FROM pipeline WHERE name = ?", arguments: [run.pipeline])
        try database.execute(sql: "UPDATE run SET session_open = 1 WHERE id = ?", arguments: [id])
        return SessionStart(
            run: run,
            otherCounts: try RunQuery.counts(database, pipeline: run.pipeline, except: id),
            brokeOff: brokeOff ?? false,
            isPaused: isPaused ?? false,
            interrupted: interrupted
        )
    }

    func endSession(run id: Run.ID, elapsed: Duration, at time: Timestamp) throws -> Bool {
        try writeCounters()
        try database.execute(
            sql: "UPDATE run SET session_open = 0, elapsed_us = ? WHERE id = ?", arguments: [elapsed.microseconds, id])
        if database.changesCount == 0 { throw StoreError.unknownRun(id) }
        try database.execute(
            sql: """
                UPDATE run SET finished_at = ?
                WHERE id = ? AND source_exhausted AND added = done + failed + cancelled
                """,
            arguments: [time.milliseconds, id]
        )
        return database.changesCount == 1
    }

    func unfinishedRun(pipeline: String) throws -> Run.ID? {
        let query = try SQLStatement(
            """
            SELECT run.id FROM run
            WHERE finished_at IS NULL AND pipeline_id = (SELECT id FROM pipeline WHERE name = ?1)
            """, in: database
        )
        query.bind(pipeline, at: 1)
        return try query.rows { $0.integer(0) }.first
    }

    private func checkIsFinished(_ pipeline: String, id: Int64) throws {
        let unfinished = try Int64.fetchOne(
            database, sql: "SELECT id FROM run WHERE pipeline_id = ? AND finished_at IS NULL", arguments: [id]
        )
        if let unfinished { throw StoreError.runUnfinished(pipeline: pipeline, run: unfinished) }
    }
}
