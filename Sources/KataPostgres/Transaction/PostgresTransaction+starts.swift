import Kata

extension PostgresTransaction {
    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws {
        write(
            """
            UPDATE job SET started_at = $2 WHERE id = ANY($1) AND state + 0 = 0
                AND coalesce((SELECT session_id FROM claim WHERE claim.job_id = job.id), \(member.wasFenced ? "0" : "$3")) = $3
            """, [.integers(jobs), .time(time), .integer(member.session)])
    }
}
