import Kata

extension PostgresTransaction {
    func prune(_ jobs: [Job.ID], _ selection: PruneSelection) throws -> Int {
        var builder = StatementBuilder()
        let condition = """
            job.id = ANY(\(builder.add(.integers(jobs)))) AND job.state = \(selection.state.code)
                AND pipeline.name = \(builder.add(.text(selection.pipeline)))
                AND coalesce(job.finished_at, result.finished_at) < \(builder.add(.time(selection.finishedBefore)))
                AND \(PostgresReader.isNotLatest)\(selection.search.conditions(&builder))
            """
        takeOrder()
        let pruned = try rows(
            """
            SELECT job.id, job.result_id FROM job
            JOIN run ON run.id = job.run_id
            JOIN pipeline ON pipeline.id = run.pipeline_id
            LEFT JOIN result ON result.id = job.result_id
            WHERE \(condition)
            ORDER BY job.id FOR UPDATE OF job
            """, builder.values
        ) { ($0.integer(0), $0.optionalInteger(1)) }
        if pruned.isEmpty { return 0 }
        let results = PostgresValue.integers(pruned.compactMap(\.1))
        for deletion in ["result_cost WHERE result_id = ANY($1)", "result WHERE id = ANY($1)"] {
            write("DELETE FROM \(deletion)", [results])
        }
        let ids = pruned.map(\.0)
        write(
            "DELETE FROM attempt_cost WHERE attempt_id IN (SELECT id FROM attempt WHERE job_id = ANY($1))",
            [.integers(ids)])
        for table in [
            "attempt", "job_tag", "job_trace", "job_copy", "checkpoint", "cancelled_with", "alarm", "schedule_job",
            "job_node",
        ] {
            write("DELETE FROM \(table) WHERE job_id = ANY($1)", [.integers(ids)])
        }
        pruneOutputs(of: ids)
        write("DELETE FROM job WHERE id = ANY($1)", [.integers(ids)])
        return pruned.count
    }

    func retentionClock(pipeline: String) throws -> RetentionClock {
        try rows("SELECT clock_trusted_at, clock_jumped_at FROM pipeline WHERE name = $1", [.text(pipeline)]) { row in
            RetentionClock(trusted: row.timestamp(0), jumped: row.timestamp(1))
        }.first ?? RetentionClock()
    }

    func saveRetentionClock(_ clock: RetentionClock, pipeline: String) throws {
        write(
            "UPDATE pipeline SET clock_trusted_at = $2, clock_jumped_at = $3 WHERE id = $1",
            [.integer(try pipelineID(of: pipeline)), .time(clock.trusted), .time(clock.jumped)])
    }

    func drawBackEnds(of jobs: [Job.ID], after limit: Timestamp, to time: Timestamp) throws -> Int {
        try returning(
            """
            WITH jobs AS (
                UPDATE job SET finished_at = $3 WHERE id = ANY($1) AND finished_at > $2 RETURNING id
            ), results AS (
                UPDATE result SET started_at = least(started_at, $3), finished_at = $3
                WHERE id IN (SELECT result_id FROM job WHERE id = ANY($1)) AND finished_at > $2 RETURNING job_id
            )
            SELECT count(*) FROM (SELECT id FROM jobs UNION SELECT job_id FROM results) AS changed
            """, [.integers(jobs), .time(limit), .time(time)]
        ) { Int($0.integer(0)) }[0]
    }
}
