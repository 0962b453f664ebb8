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
    private var lastResultID: JobResult.ID?
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

    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws {
        let (cursor, isExhausted): (String?, Bool) =
            switch progress {
            case .start: (nil, false)
            case .at(let cursor): (cursor, false)
            case .exhausted: (nil, true)
            }
        try database.execute(
            sql: "UPDATE run SET source_cursor = ?, source_exhausted = ? WHERE id = ?",
            arguments: [cursor, isExhausted, run]
        )
        if database.changesCount == 0 { throw StoreError.unknownRun(run) }
        let insert = try SQLStatement("INSERT INTO job (run_id, created_at, item) VALUES (?1, ?2, ?3)", in: database)
        insert.bind(run, at: 1)
        insert.bind(time.milliseconds, at: 2)
        for item in items {
            insert.bind(item, at: 3)
            try insert.execute()
        }
        countAdded(items.count, as: .pending, run: run)
    }

    func submit(_ jobs: [NewJob], to run: Run.ID, uniqueFor: Duration, at time: Timestamp) throws -> [SubmittedJob] {
        let insert = try SQLStatement(
            """
            INSERT INTO job (run_id, created_at, item, state, priority, run_at, unique_key, max_attempts, timeout_ms,
                limit_key, blockers, error, finished_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """, in: database
        )
        let known = try SQLStatement("SELECT 1 FROM run WHERE id = ?1", in: database)
        known.bind(run, at: 1)
        if try known.rows({ _ in () }).isEmpty { throw StoreError.unknownRun(run) }
        insert.bind(run, at: 1)
        insert.bind(time.milliseconds, at: 2)
        var submitted: [SubmittedJob] = []
        submitted.reserveCapacity(jobs.count)
        for job in jobs {
            if let key = job.uniqueKey,
                let other = try findUnique(key, run: run, finishedAfter: time.milliseconds - uniqueFor.milliseconds)
            {
                submitted.append(SubmittedJob(id: other, state: nil))
                continue
            }
            let blocking = job.after.isEmpty ? Blocking() : try blocking(by: job.after)
            var state: JobState = job.runAt.map { $0 > time } ?? false ? .scheduled : .pending
            if blocking.reason != nil { state = .cancelled } else if !blocking.jobs.isEmpty { state = .waiting }
            insert.bind(job.item, at: 3)
            insert.bind(state.code, at: 4)
            insert.bind(Int64(job.priority), at: 5)
            insert.bind(job.runAt?.milliseconds, at: 6)
            insert.bind(job.uniqueKey, at: 7)
            insert.bind(job.maxAttempts.map(Int64.init), at: 8)
            insert.bind(job.timeout?.milliseconds, at: 9)
            insert.bind(job.key, at: 10)
            insert.bind(Int64(state == .waiting ? blocking.jobs.count : 0), at: 11)
            insert.bind(blocking.reason, at: 12)
            insert.bind(state == .cancelled ? time.milliseconds : nil, at: 13)
            try insert.execute()
            let id = database.lastInsertedRowID
            if state == .waiting { try insertDependencies(of: id, on: blocking.jobs) }
            submitted.append(SubmittedJob(id: id, state: state))
        }
        for (state, jobs) in Dictionary(grouping: submitted, by: \.state) {
            if let state { countAdded(jobs.count, as: state, run: run) }
        }
        return submitted
    }

    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws {
        let update = try SQLStatement("UPDATE job SET started_at = ?2 WHERE id = ?1 AND state = 0", in: database)
        update.bind(time.milliseconds, at: 2)
        for job in jobs {
            update.bind(job, at: 1)
            try update.execute()
        }
    }

    func complete(_ completion: Completion) throws -> [JobChange]? {
        let job = completion.job
        let guardedBy = "started_at = NULL WHERE id = ?1 AND attempt = ?2 AND state = 0"
        let update: SQLStatement
        switch completion.outcome {
        case .done:
            update = try SQLStatement(
                "UPDATE job SET state = 2, result_id = ?3, error = NULL, \(guardedBy)", in: database)
            update.bind(try previousResultID() + 1, at: 3)
        case .failed(let reason):
            update = try SQLStatement(
                "UPDATE job SET state = 3, finished_at = ?3, error = ?4, \(guardedBy)", in: database)
            update.bind(completion.finishedAt.milliseconds, at: 3)
            update.bind(reason, at: 4)
        case .retry(let reason, let time):
            update = try SQLStatement(
                "UPDATE job SET state = 1, attempt = attempt + 1, run_at = ?3, error = ?4, \(guardedBy)", in: database)
            update.bind(time.milliseconds, at: 3)
            update.bind(reason, at: 4)
        case .interrupted:
            update = try SQLStatement("UPDATE job SET interruptions = interruptions + 1, \(guardedBy)", in: database)
        }
        update.bind(job.id, at: 1)
        update.bind(Int64(job.attempt), at: 2)
        try update.execute()
        guard database.changesCount == 1 else { return nil }
        count(from: .pending, to: completion.outcome.state, run: job.runID)
        switch completion.outcome {
        case .done: try insertResult(of: completion)
        case .failed(let reason), .retry(let reason, _): try insertAttempt(of: completion, error: reason)
        case .interrupted: break
        }
        return try settle(job.id, as: completion.outcome.state, at: completion.finishedAt)
    }

    func promote(run: Run.ID, dueBy time: Timestamp, limit: Int) throws -> [Job] {
        let query = try SQLStatement(
            """
            SELECT \(SQLStatement.jobColumns) FROM job
            WHERE run_id = ?1 AND state = 1 AND run_at <= ?2 ORDER BY run_at, id LIMIT ?3
            """, in: database
        )
        query.bind(run, at: 1)
        query.bind(time.milliseconds, at: 2)
        query.bind(Int64(limit), at: 3)
        var size = 0
        let jobs = try query.rows {
            $0.job
        } while: { job in
            size += job.item.utf8.count
            return size < SQLiteReader.itemBudget
        }
        let update = try SQLStatement("UPDATE job SET state = 0 WHERE id = ?1", in: database)
        for job in jobs {
            update.bind(job.id, at: 1)
            try update.execute()
            count(from: .scheduled, to: .pending, run: run)
        }
        return jobs
    }

    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange] {
        let change = try change(of: job, to: .cancelled)
        if change.old.isFinal { throw StoreError.wrongState(job: job, state: change.old, action: "cancel") }
        try cancel(change, reason: nil, at: time)
        return [change] + (try settle(job, as: .cancelled, at: time))
    }

    func cancel(_ change: JobChange, reason: String?, at time: Timestamp) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = 4, finished_at = ?, started_at = NULL, blockers = 0, error = coalesce(?, error)
                WHERE id = ?
                """,
            arguments: [time.milliseconds, reason, change.job]
        )
        if change.old == .waiting { try forgetDependencies(of: change.job) }
        count(from: change.old, to: change.new, run: change.runID)
    }

    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange {
        let change = try change(of: job, to: .scheduled, runAt: time)
        let attempts: Int
        switch change.old {
        case .failed, .cancelled: attempts = 1
        case .scheduled, .waiting: attempts = 0
        case .pending, .done: throw StoreError.wrongState(job: job, state: change.old, action: "retry")
        }
        try database.execute(
            sql: """
                UPDATE job SET state = 1, attempt = attempt + ?, run_at = ?, interruptions = 0, finished_at = NULL,
                    blockers = 0 WHERE id = ?
                """,
            arguments: [attempts, time.milliseconds, job]
        )
        if change.old == .waiting { try forgetDependencies(of: job) }
        count(from: change.old, to: change.new, run: change.runID)
        return try self.change(of: job, to: .scheduled, from: change.old, runAt: time)
    }

    /// The change of a job's state, which is not made by this.
    ///
    /// - Parameter old: the state that it was in; `nil` means the one that it is in now.
    /// - Throws: ``StoreError/unknownJob(_:)``.
    func change(
        of job: Job.ID, to state: JobState, from old: JobState? = nil, runAt: Timestamp? = nil
    ) throws -> JobChange {
        let query = try SQLStatement(
            """
            SELECT attempt, priority, run_id, pipeline.name, state FROM job
            CROSS JOIN run ON run.id = run_id CROSS JOIN pipeline ON pipeline.id = pipeline_id WHERE job.id = ?1
            """, in: database
        )
        query.bind(job, at: 1)
        let changes = try query.rows { row in
            JobChange(
                job: job,
                attempt: Int(row.integer(0)),
                priority: Int(row.integer(1)),
                runID: row.integer(2),
                pipeline: row.text(3),
                old: old ?? JobState(code: row.integer(4)),
                new: state,
                runAt: runAt
            )
        }
        guard let change = changes.first else { throw StoreError.unknownJob(job) }
        return change
    }

    /// The job of that name that stands in the way of another one.
    private func findUnique(_ key: String, run: Run.ID, finishedAfter limit: Int64) throws -> Job.ID? {
        let pipeline = "run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT pipeline_id FROM run WHERE id = ?2))"
        let open = try SQLStatement(
            "SELECT id FROM job WHERE unique_key = ?1 AND state <> 2 AND state <> 3 AND state <> 4 AND \(pipeline) ORDER BY id DESC LIMIT 1",
            in: database
        )
        open.bind(key, at: 1)
        open.bind(run, at: 2)
        if let id = try open.rows({ $0.integer(0) }).first { return id }
        // Only the latest of them: those before it were finished before it was added.
        let finished = try SQLStatement(
            """
            SELECT job.id, coalesce(job.finished_at, result.finished_at) > ?3
            FROM job LEFT JOIN result ON result.id = job.result_id
            WHERE unique_key = ?1 AND state IN (2, 3) AND job.\(pipeline) ORDER BY job.id DESC LIMIT 1
            """, in: database
        )
        finished.bind(key, at: 1)
        finished.bind(run, at: 2)
        finished.bind(limit, at: 3)
        return try finished.rows { $0.integer(1) != 0 ? $0.integer(0) : nil }.first ?? nil
    }

    private func previousResultID() throws -> JobResult.ID {
        if let lastResultID { return lastResultID }
        let id = try SQLStatement("SELECT max(id) FROM result", in: database).rows { $0.integer(0) }[0]
        lastResultID = id
        return id
    }

    private func insertResult(of completion: Completion) throws {
        let id = try previousResultID() + 1
        let insert = try SQLStatement(
            """
            INSERT INTO result (id, job_id, run_id, consumer_id, attempt, started_at, finished_at, output)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, in: database
        )
        insert.bind(id, at: 1)
        insert.bind(completion.job.id, at: 2)
        insert.bind(completion.job.runID, at: 3)
        insert.bind(completion.consumerID, at: 4)
        insert.bind(Int64(completion.job.attempt), at: 5)
        insert.bind(completion.startedAt.milliseconds, at: 6)
        insert.bind(completion.finishedAt.milliseconds, at: 7)
        insert.bind(completion.output, at: 8)
        try insert.execute()
        lastResultID = id
    }

    private func insertAttempt(of completion: Completion, error: String) throws {
        let insert = try SQLStatement(
            """
            INSERT INTO attempt (job_id, attempt, consumer_id, started_at, finished_at, error, output)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, in: database
        )
        insert.bind(completion.job.id, at: 1)
        insert.bind(Int64(completion.job.attempt), at: 2)
        insert.bind(completion.consumerID, at: 3)
        insert.bind(completion.startedAt.milliseconds, at: 4)
        insert.bind(completion.finishedAt.milliseconds, at: 5)
        insert.bind(error, at: 6)
        insert.bind(completion.output, at: 7)
        try insert.execute()
    }

    private func countAdded(_ count: Int, as state: JobState, run: Run.ID) {
        counters[run, default: CounterChanges()].added += Int64(count)
        counters[run, default: CounterChanges()].states[state] += count
    }

    func count(from old: JobState, to new: JobState, run: Run.ID) {
        counters[run, default: CounterChanges()].states.move(from: old, to: new)
    }
}
