import GRDB
import Kata

extension SQLiteTransaction {
    func promote(run: Run.ID, dueBy time: Timestamp, limit: Int) throws -> [Job] {
        let query = try SQLStatement(
            """
            SELECT \(SQLStatement.readyJobColumns(in: database)) FROM job
            WHERE run_id = ?1 AND state = 1 AND run_at <= ?2 ORDER BY run_at, id LIMIT ?3
            """, in: database
        )
        query.bind(run, at: 1)
        query.bind(time.milliseconds, at: 2)
        query.bind(Int64(limit), at: 3)
        var page = StorePage()
        let jobs = try query.rows {
            $0.readyJob
        } while: { job in
            page.add(job.item.utf8.count)
        }
        let update = try SQLStatement("UPDATE job SET state = 0, put_off_at = NULL WHERE id = ?1", in: database)
        for job in jobs {
            update.bind(job.id, at: 1)
            try update.execute()
            count(from: .scheduled, to: .pending, run: run)
        }
        return jobs
    }
}
