import GRDB
import Kata

/// The writes of one transaction on the writing connection.
///
/// The counters of a run are added up here and written once, by ``writeCounters()``, before somebody reads them and
/// before the commit.
final class SQLiteTransaction: StoreTransaction {
    /// How a run's counters change.
    struct CounterChanges {
        var added: Int64 = 0
        var states = JobCounts()
    }

    let database: Database
    private var counters: [Run.ID: CounterChanges] = [:]
    /// `nil` as long as nobody has asked.
    var lastResultID: JobResult.ID?
    /// Whether any job waits for another one; `nil` as long as nobody has asked.
    var hasDependencies: Bool?

    init(database: Database) {
        self.database = database
    }

    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        let before = (counters, lastResultID)
        var result: Result?
        do {
            try database.inSavepoint {
                result = try body()
                return .commit
            }
        } catch {
            (counters, lastResultID) = before
            throw error
        }
        guard let result else { preconditionFailure("a savepoint was released without a result") }
        return result
    }

    func writeCounters() throws {
        for (run, change) in counters {
            let update = try SQLStatement(
                """
                UPDATE run SET added = added + ?2, scheduled = scheduled + ?3, waiting = waiting + ?4, done = done + ?5,
                    failed = failed + ?6, cancelled = cancelled + ?7 WHERE id = ?1
                """, in: database
            )
            let states = change.states
            let values = [states.scheduled, states.waiting, states.done, states.failed, states.cancelled].map(
                Int64.init)
            for (index, value) in ([run, change.added] + values).enumerated() {
                update.bind(value, at: Int32(index + 1))
            }
            try update.execute()
        }
        counters = [:]
    }

    func countAdded(_ count: Int, as state: JobState, run: Run.ID) {
        counters[run, default: CounterChanges()].added += Int64(count)
        counters[run, default: CounterChanges()].states[state] += count
    }

    func count(from old: JobState, to new: JobState, run: Run.ID) {
        counters[run, default: CounterChanges()].states.move(from: old, to: new)
    }
}
