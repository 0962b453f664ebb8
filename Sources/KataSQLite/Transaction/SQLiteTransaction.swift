import GRDB
import Kata

/// The writes of one transaction on the writing connection.
///
/// The counters of a run are added up here and written once, by ``writeCounters()``, before they are read and before
/// the commit.
final class SQLiteTransaction: StoreTransaction {
    /// How a run's counters change.
    struct CounterChanges {
        var added: Int64 = 0
        var states = JobCounts()
        /// When a job was done last, in this transaction.
        var lastDoneAt: Int64?

        mutating func count(from old: JobState, to new: JobState, doneAt time: Timestamp?) {
            states.move(from: old, to: new)
            if let time { lastDoneAt = max(lastDoneAt ?? time.milliseconds, time.milliseconds) }
        }
    }

    let database: Database
    private var counters: [Run.ID: CounterChanges] = [:]
    /// The statements for jobs that are done, so that they are not looked up for each job.
    var preparedCompletion: PreparedCompletion?
    /// The id of the latest result, those of this transaction included; `nil` until it is needed.
    var lastResultID: JobResult.ID?
    /// Whether any job waits for another one; `nil` until it is asked.
    var hasDependencies: Bool?
    /// How many dependents this transaction may still resolve.
    var dependentBudget = dependentLimit
    var hasUnresolvedDependents = false
    /// Cancelled jobs whose unique keys are taken.
    private(set) var keyHolders: Set<Job.ID> = []

    init(database: Database) {
        self.database = database
    }

    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        let before = (counters, lastResultID)
        try SQLStatement("SAVEPOINT attempt", in: database).execute()
        do {
            let result = try body()
            try SQLStatement("RELEASE attempt", in: database).execute()
            return result
        } catch {
            (counters, lastResultID) = before
            // After some failures SQLite has rolled back everything by itself.
            if database.isInsideTransaction {
                try SQLStatement("ROLLBACK TO attempt", in: database).execute()
                try SQLStatement("RELEASE attempt", in: database).execute()
            }
            throw error
        }
    }

    /// Writes the schema's version once more.
    func touch() throws {
        try database.execute(sql: "PRAGMA user_version = \(Schema.version)")
    }

    func keepUniqueKeys(of jobs: Set<Job.ID>) {
        keyHolders.formUnion(jobs)
    }

    func writeCounters() throws {
        for (run, change) in counters {
            let update = try SQLStatement(
                """
                UPDATE run SET added = added + ?2, scheduled = scheduled + ?3, waiting = waiting + ?4, done = done + ?5,
                    failed = failed + ?6, cancelled = cancelled + ?7, last_done_at = coalesce(max(last_done_at, ?8), ?8, last_done_at)
                WHERE id = ?1
                """, in: database
            )
            let states = change.states
            let values = [states.scheduled, states.waiting, states.done, states.failed, states.cancelled].map(
                Int64.init)
            for (index, value) in ([run, change.added] + values).enumerated() {
                update.bind(value, at: Int32(index + 1))
            }
            update.bind(change.lastDoneAt, at: 8)
            try update.execute()
        }
        counters = [:]
    }

    func countAdded(_ count: Int, as state: JobState, run: Run.ID) {
        counters[run, default: CounterChanges()].added += Int64(count)
        counters[run, default: CounterChanges()].states[state] += count
    }

    /// - Parameter doneAt: when the job was done, if it is.
    func count(from old: JobState, to new: JobState, run: Run.ID, doneAt time: Timestamp? = nil) {
        counters[run, default: CounterChanges()].count(from: old, to: new, doneAt: time)
    }
}
