import GRDB
import Kata

extension SQLiteTransaction {
    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws {
        let update = try SQLStatement("UPDATE job SET started_at = ?2 WHERE id = ?1 AND state = 0", in: database)
        update.bind(time.milliseconds, at: 2)
        for job in jobs {
            update.bind(job, at: 1)
            try update.execute()
        }
    }
}
