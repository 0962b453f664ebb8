import Kata

extension PostgresTransaction {
    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws {
        write(
            """
            UPDATE job SET started_at = $2 WHERE id = ANY($1) AND state = 0
                AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.job_id = job.id AND claim.session_id <> $3)
            """, [.integers(jobs), .time(time), .integer(member.session)])
    }
}
