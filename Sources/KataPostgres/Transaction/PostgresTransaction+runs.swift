import Kata

extension PostgresTransaction {
    func startRun(pipeline: String, items: Int?, at time: Timestamp) throws -> Run {
        let pipelineID = try pipelineID(of: pipeline)
        try checkIsFinished(pipeline, id: pipelineID)
        let id = try returning(
            "INSERT INTO run (pipeline_id, items, started_at) VALUES ($1, $2, $3) RETURNING id",
            [.integer(pipelineID), .integer(items), .time(time)]
        ) { $0.integer(0) }[0]
        known.additions.runs.insert(id)
        forgetUnfinishedRuns()
        tellsOthers = true
        guard let run = try run(id) else { throw StoreError.unknownRun(id) }
        return run
    }

    func reopenRun(_ run: Run.ID) throws {
        let found = try rows(
            """
            SELECT pipeline_id, name, finished_at IS NULL FROM run JOIN pipeline ON pipeline.id = pipeline_id
            WHERE run.id = $1
            """, [.integer(run)]
        ) { (pipeline: $0.integer(0), name: $0.text(1), isOpen: $0.boolean(2)) }.first
        guard let found else { throw StoreError.unknownRun(run) }
        if found.isOpen { return }
        try checkIsFinished(found.name, id: found.pipeline)
        takeOrder()
        touched.insert(run)
        write("UPDATE run SET finished_at = NULL, version = version + 1 WHERE id = $1", [.integer(run)])
        forgetUnfinishedRuns()
    }

    func beginSession(run id: Run.ID) throws -> SessionStart {
        takeOrder()
        writeCounters()
        guard let run = try run(id) else { throw StoreError.unknownRun(id) }
        touched.insert(id)
        let results = try self.run(
            [
                PostgresStatement(
                    """
                    UPDATE job SET interruptions = interruptions + 1, started_at = NULL
                    WHERE run_id = $1 AND started_at IS NOT NULL AND coalesce((SELECT session_id FROM claim WHERE claim.job_id = job.id), $2) = $2
                    """, [.integer(id), .integer(member.session)]),
                PostgresStatement(
                    """
                    SELECT session_open AND NOT EXISTS (SELECT 1 FROM session WHERE ended_at IS NULL AND session.id <> $2),
                        paused_at IS NOT NULL FROM run JOIN pipeline ON pipeline.id = pipeline_id
                    WHERE run.id = $1
                    """, [.integer(id), .integer(member.session)]),
                PostgresStatement(RunQuery.countsOfOthers, [.text(run.pipeline), .integer(id)]),
                PostgresStatement("UPDATE run SET session_open = true WHERE id = $1", [.integer(id)]),
            ], writes: true)
        let (brokeOff, isPaused) = results[1].rows { ($0.boolean(0), $0.boolean(1)) }[0]
        return SessionStart(
            run: run, otherCounts: results[2].rows { RunQuery.counts($0, from: 0) }[0], brokeOff: brokeOff,
            isPaused: isPaused, interrupted: results[0].changes)
    }

    func endSession(run id: Run.ID, elapsed: Duration, at time: Timestamp) throws -> Bool {
        takeOrder()
        writeCounters()
        touched.insert(id)
        let isKnown = try change(
            """
            UPDATE run SET session_open = false, elapsed_us = greatest($2, CASE WHEN EXISTS (
                SELECT 1 FROM session WHERE ended_at IS NULL AND session.id <> $3) THEN elapsed_us END)
            WHERE id = $1
            """, [.integer(id), .integer(elapsed.microseconds), .integer(member.session)])
        if isKnown == 0 { throw StoreError.unknownRun(id) }
        forgetUnfinishedRuns()
        // What this node has claimed and not begun.
        let released = try change(
            "DELETE FROM claim WHERE session_id = $1 AND run_id = $2", [.integer(member.session), .integer(id)])
        if released > 0 { tellsOthers = true }
        return try change(
            """
            UPDATE run SET finished_at = coalesce(finished_at, $2), version = version + 1
            WHERE id = $1 AND source_exhausted AND added = done + failed + cancelled
            """, [.integer(id), .time(time)]) == 1
    }

    /// - Throws: ``StoreError/unknownRun(_:)``.
    func checkIsKnown(_ run: Run.ID) throws {
        if known.isKnown(run) { return }
        let isThere = try !rows("SELECT 1 FROM run WHERE id = $1", [.integer(run)]) { _ in () }.isEmpty
        if !isThere { throw StoreError.unknownRun(run) }
        known.additions.runs.insert(run)
    }

    private func run(_ id: Run.ID) throws -> Run? {
        try rows(RunQuery.runs(where: "run.id = $1"), [.integer(id)], RunQuery.run).first
    }

    private func checkIsFinished(_ pipeline: String, id: Int64) throws {
        let unfinished = try rows(
            "SELECT id FROM run WHERE pipeline_id = $1 AND finished_at IS NULL", [.integer(id)]
        ) { $0.integer(0) }.first
        if let unfinished { throw StoreError.runUnfinished(pipeline: pipeline, run: unfinished) }
    }
}
