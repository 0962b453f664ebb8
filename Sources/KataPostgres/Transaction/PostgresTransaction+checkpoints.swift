import Kata

/// What jobs leave for their next attempts.
extension PostgresTransaction {
    func saveCheckpoint(_ text: String, job: Job.ID, attempt: Int) throws {
        write(
            """
            INSERT INTO checkpoint (job_id, text) SELECT id, $3 FROM job WHERE id = $1 AND attempt = $2 AND state = 0
            ON CONFLICT (job_id) DO UPDATE SET text = excluded.text
            """, [.integer(job), .integer(attempt), .text(text)])
    }

    func jobsWithCheckpoints(run: Run.ID) throws -> Set<Job.ID> {
        Set(
            try rows(
                "SELECT job_id FROM checkpoint JOIN job ON job.id = job_id WHERE run_id = $1", [.integer(run)]
            ) { $0.integer(0) })
    }

    func forgetCheckpoint(of job: Job.ID) {
        write("DELETE FROM checkpoint WHERE job_id = $1", [.integer(job)])
    }
}
