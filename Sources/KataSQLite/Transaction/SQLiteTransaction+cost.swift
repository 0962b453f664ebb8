import GRDB
import Kata

/// What attempts cost.
extension SQLiteTransaction {
    /// The tables whose rows have a cost.
    enum CostTable: String {
        case result, attempt
    }

    /// For how many milliseconds a job has waited since it was stored or due.
    func timeWaited(_ job: Job.ID, until time: Timestamp) throws -> Int64 {
        let query = try SQLStatement(
            "SELECT max(0, ?2 - max(created_at, coalesce(run_at, created_at))) FROM job WHERE id = ?1", in: database)
        query.bind(job, at: 1)
        query.bind(time.milliseconds, at: 2)
        return try query.rows { $0.integer(0) }.first ?? 0
    }

    /// Keeps what the attempt has cost whose row was inserted last.
    func insert(_ cost: JobCost, of table: CostTable, waited: Int64) throws {
        let insert = try SQLStatement(
            """
            INSERT INTO \(table.rawValue)_cost (\(table.rawValue)_id, user_us, system_us, peak_memory, waited_ms)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, in: database
        )
        insert.bind(database.lastInsertedRowID, at: 1)
        insert.bind(cost.userTime.nanoseconds / 1_000, at: 2)
        insert.bind(cost.systemTime.nanoseconds / 1_000, at: 3)
        insert.bind(cost.peakMemory, at: 4)
        insert.bind(waited, at: 5)
        try insert.execute()
    }
}
