import Kata

/// The writes of one transaction.
///
/// A round trip to the server takes as long as some hundred jobs take there. So a write whose outcome nobody has to know is only
/// queued, and goes along with the next read, or with the commit.
///
/// The counters of a run are added up here and written once, by ``writeCounters()``, before they are read and before the commit.
final class PostgresTransaction: StoreTransaction {
    private let connection: PostgresConnection
    /// Whose transaction it is.
    let member: SessionMember
    /// What is known of the database without asking, and what this transaction adds to that.
    let known: KnownRows
    private var queue: WriteQueue
    /// How many attempts are under way, each within the one before.
    private var attemptLevel = 0
    /// How many ids of jobs were needed.
    private var neededIDs = 0
    /// Whether the server knows of the transaction.
    private(set) var hasSent = false
    private var counters: [Run.ID: CounterChanges] = [:]
    /// Runs that are changed besides their counters, or whose counters are written already.
    var touched: Set<Run.ID> = []
    /// How far the runs are that were changed, once the transaction is committed.
    private(set) var tallies: [RunTally] = []
    /// Nodes whose work was taken over.
    var takenOver: [String] = []
    /// Whether others may have something to do because of this transaction.
    var tellsOthers = false
    /// Whether no other transaction that has to be in order goes on beside this one.
    private var hasOrder = false
    /// How many dependents this transaction may still resolve.
    var dependentBudget = dependentLimit
    var hasUnresolvedDependents = false
    /// Whether it is known that some job waits for another one.
    var hasDependencies = false
    /// Cancelled jobs whose unique keys are taken.
    private(set) var keyHolders: Set<Job.ID> = []

    /// - Parameters:
    ///   - member: whose transaction it is.
    ///   - beginning: what is sent before everything else.
    init(
        connection: PostgresConnection, member: SessionMember, known: KnownRows, beginning: [PostgresStatement]
    ) {
        self.connection = connection
        self.member = member
        self.known = known
        queue = WriteQueue(beginning)
    }

    func keepUniqueKeys(of jobs: Set<Job.ID>) {
        keyHolders.formUnion(jobs)
    }
}

/// Statements.
extension PostgresTransaction {
    /// Has a write made that changes as many rows as it may, before the next read or the commit.
    func write(_ sql: String, _ values: [PostgresValue] = []) {
        takeOrder()
        queue.append(PostgresStatement(sql, values))
    }

    /// Has new jobs written in the same way.
    func write(_ rows: JobRows) {
        queue.append(rows)
    }

    /// The unfinished run of a pipeline, which is asked for once as long as nothing changes it.
    func unfinishedRun(pipeline: String) throws -> Run.ID? {
        if let known = known.unfinishedRun(pipeline) { return known }
        let run = try rows(
            """
            SELECT run.id FROM run
            WHERE finished_at IS NULL AND pipeline_id = (SELECT id FROM pipeline WHERE name = $1)
            """, [.text(pipeline)]
        ) { $0.integer(0) }.first
        known.additions.unfinishedRuns[pipeline] = .some(run)
        return run
    }

    /// Takes in that runs begin or end.
    func forgetUnfinishedRuns() {
        known.forgetUnfinishedRuns()
    }

    /// Runs a query and turns each row into a value.
    ///
    /// - Parameter goesOn: asked after each value; `false` leaves out the rest.
    /// - Throws: ``PostgresError``.
    func rows<Value>(
        _ sql: String, _ values: [PostgresValue] = [], _ value: (PostgresRow) -> Value,
        while goesOn: (Value) -> Bool = { _ in true }
    ) throws -> [Value] {
        try run([PostgresStatement(sql, values)], writes: false)[0].rows(value, while: goesOn)
    }

    /// Makes a write that gives rows, and turns each into a value.
    ///
    /// - Throws: ``PostgresError``.
    func returning<Value>(
        _ sql: String, _ values: [PostgresValue] = [], _ value: (PostgresRow) -> Value
    ) throws -> [Value] {
        takeOrder()
        return try run([PostgresStatement(sql, values)], writes: true)[0].rows(value)
    }

    /// Makes a write.
    ///
    /// - Returns: how many rows it changed.
    /// - Throws: ``PostgresError``.
    func change(_ sql: String, _ values: [PostgresValue] = []) throws -> Int {
        takeOrder()
        return try run([PostgresStatement(sql, values)], writes: true)[0].changes
    }

    /// Sends what is queued, and these statements behind that, in one round trip.
    ///
    /// - Parameter writes: whether one of them writes.
    /// - Returns: what these statements gave.
    /// - Throws: ``PostgresError``.
    func run(_ statements: [PostgresStatement], writes: Bool) throws -> [PostgresResult] {
        let queued = queue.take(writes: writes)
        hasSent = true
        return Array(try connection.send(queued + statements).dropFirst(queued.count))
    }

    /// Sends what is queued, and the commit behind it.
    ///
    /// - Throws: ``PostgresError``.
    func commit() throws {
        let tallied = touched.union(counters.keys)
        writeCounters()
        hasSent = true
        var statements = queue.take(writes: true)
        let count = statements.count
        if !tallied.isEmpty { statements.append(Self.tallying(tallied)) }
        // What the next ones will need costs no round trip of its own then.
        let wanted = neededIDs == 0 ? 0 : min(max(Self.drawnIDs, 4 * neededIDs), Self.mostDrawnIDs)
        let draws = known.jobIDCount < wanted / 2
        if draws { statements.append(Self.drawing(wanted)) }
        statements.append(Self.end)
        let results = try connection.send(statements)
        if !tallied.isEmpty { tallies = results[count].rows(RunQuery.tally) }
        if draws { known.drew(results[results.count - 2].rows { $0.integer(0) }) }
    }

    /// Has this transaction made one after the other with those of other nodes, up to its end. Each of them sees what the one before did,
    /// results are committed in the order of their ids, and none waits for another one's rows.
    ///
    /// All writes do that by themselves, but for new jobs, which nobody else can want, and the counters of runs at the end. It is to be
    /// done before a read whose answer others must not change.
    func takeOrder() {
        if hasOrder { return }
        hasOrder = true
        queue.append(PostgresStatement(Session.order))
    }

    private static func tallying(_ runs: Set<Run.ID>) -> PostgresStatement {
        PostgresStatement(RunQuery.tallies + " WHERE run.id = ANY($1)", [.integers(runs.sorted())])
    }
}

/// Ids of new jobs.
extension PostgresTransaction {
    private static let end = PostgresStatement("COMMIT")
    /// How many ids are drawn at a time at the least, for those who come one by one, and at the most for those that come later.
    private static let drawnIDs = 64
    private static let mostDrawnIDs = 2_048

    private static func drawing(_ count: Int) -> PostgresStatement {
        PostgresStatement("SELECT nextval('job_id') FROM generate_series(1, $1)", [.integer(count)])
    }

    /// Ids for new jobs, in ascending order.
    ///
    /// - Throws: ``PostgresError``.
    func drawJobIDs(_ count: Int) throws -> [Job.ID] {
        neededIDs += count
        let missing = count - known.jobIDCount
        if missing > 0 {
            let results = try run([Self.drawing(max(missing, Self.drawnIDs))], writes: false)
            known.drew(results[0].rows { $0.integer(0) })
        }
        return known.takeJobIDs(count)
    }
}

/// Attempts.
extension PostgresTransaction {
    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        let level = attemptLevel
        let before = (counters: counters, known: known.additions, hasOrder: hasOrder)
        attemptLevel += 1
        defer { attemptLevel = level }
        queue.begin(level)
        do {
            let result = try body()
            queue.keep(level)
            return result
        } catch {
            // There is nothing to go back to once the transaction is gone.
            if error is PostgresError { throw error }
            queue.takeBack(level)
            (counters, known.additions, hasOrder) = before
            throw error
        }
    }
}

/// The counters of runs.
extension PostgresTransaction {
    /// How a run's counters change.
    struct CounterChanges {
        var added: Int64 = 0
        var states = JobCounts()
        /// When a job was done last, in this transaction.
        var lastDoneAt: Int64?
    }

    func countAdded(_ count: Int, as state: JobState, run: Run.ID) {
        counters[run, default: CounterChanges()].added += Int64(count)
        counters[run, default: CounterChanges()].states[state] += count
        tellsOthers = true
    }

    /// - Parameter doneAt: when the job was done, if it is.
    func count(from old: JobState, to new: JobState, run: Run.ID, doneAt time: Timestamp? = nil) {
        var changes = counters[run] ?? CounterChanges()
        changes.states.move(from: old, to: new)
        if let time { changes.lastDoneAt = max(changes.lastDoneAt ?? time.milliseconds, time.milliseconds) }
        counters[run] = changes
    }

    func writeCounters() {
        for (run, change) in counters.sorted(by: { $0.key < $1.key }) {
            touched.insert(run)
            let states = change.states
            let update = PostgresStatement(
                """
                UPDATE run SET added = added + $2, scheduled = scheduled + $3, waiting = waiting + $4, done = done + $5,
                    failed = failed + $6, cancelled = cancelled + $7, last_done_at = greatest(last_done_at, $8::bigint),
                    -- Another node may have finished it meanwhile.
                    finished_at = CASE WHEN added + $2 > done + $5 + failed + $6 + cancelled + $7 THEN NULL
                        ELSE finished_at END,
                    version = version + 1
                WHERE id = $1
                """,
                [.integer(run), .integer(change.added)]
                    + [states.scheduled, states.waiting, states.done, states.failed, states.cancelled].map {
                        .integer($0)
                    } + [.integer(change.lastDoneAt)])
            queue.append(update)
        }
        counters = [:]
    }
}
