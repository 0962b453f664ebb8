import GRDB
import Kata

/// What jobs leave for their next attempts.
extension SQLiteTransaction {
    func saveCheckpoint(_ text: String, job: Job.ID, attempt: Int) throws {
        let insert = try SQLStatement(
            """
            INSERT OR REPLACE INTO checkpoint (job_id, text)
            SELECT id, ?3 FROM job WHERE id = ?1 AND attempt = ?2 AND state = 0
            """, in: database
        )
        insert.bind(job, at: 1)
        insert.bind(Int64(attempt), at: 2)
        insert.bind(text, at: 3)
        try insert.execute()
    }

    func jobsWithCheckpoints(run: Run.ID) throws -> Set<Job.ID> {
        let query = try SQLStatement(
            "SELECT job_id FROM checkpoint CROSS JOIN job ON job.id = job_id WHERE run_id = ?1", in: database)
        query.bind(run, at: 1)
        return Set(try query.rows { $0.integer(0) })
    }

    func forgetCheckpoint(of job: Job.ID) throws {
        let delete = try SQLStatement("DELETE FROM checkpoint WHERE job_id = ?1", in: database)
        delete.bind(job, at: 1)
        try delete.execute()
    }
}
