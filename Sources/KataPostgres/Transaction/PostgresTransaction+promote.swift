import Kata

extension PostgresTransaction {
    func promote(run: Run.ID, dueBy time: Timestamp, limit: Int) throws -> [Job] {
        // The first row that goes past the budget is the last one.
        let jobs = try returning(
            """
            WITH due AS (
                SELECT id, run_at FROM job
                WHERE run_id = $1 AND state = 1 AND run_at <= $2 ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
            ), taken AS (
                SELECT id FROM (
                    SELECT due.id, coalesce(sum(octet_length(job.item)) OVER (
                        ORDER BY due.run_at, due.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                    FROM due JOIN job ON job.id = due.id
                ) AS sizes WHERE before < \(StorePage.budget)
            ), promoted AS (
                UPDATE job SET state = 0, put_off_at = NULL WHERE id IN (SELECT id FROM taken) RETURNING job.*
            )
            SELECT \(PostgresRow.readyJobColumns) FROM promoted AS job ORDER BY job.run_at, job.id
            """, [.integer(run), .time(time), .integer(limit)]
        ) { $0.readyJob }
        for _ in jobs { count(from: .scheduled, to: .pending, run: run) }
        if !jobs.isEmpty { tellsOthers = true }
        return jobs
    }
}
