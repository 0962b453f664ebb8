import GRDB
import Kata

extension SQLiteTransaction {
    /// The statements for jobs that are done, prepared once in a transaction.
    struct PreparedCompletion {
        let update: SQLStatement
        let insert: SQLStatement
    }

    /// The end of each update with an outcome: it is taken of a pending job at that attempt only, which is in hand no
    /// more.
    private static let guardedBy = "started_at = NULL WHERE id = ?1 AND attempt = ?2 AND state = 0"

    func complete(_ completions: [Completion]) throws -> [CompletionEffect?] { try completions.map(record) }

    private func record(_ completion: Completion) throws -> CompletionEffect? {
        let job = completion.job
        // Before the update, which may put the job off.
        let waited = try completion.cost.map { _ in try timeWaited(job.id, until: completion.startedAt) }
        let guardedBy = Self.guardedBy
        let update: SQLStatement
        switch completion.outcome {
        case .done:
            update = try prepareCompletion().update
            update.bind(try previousResultID() + 1, at: 3)
        case .failed(let reason):
            update = try SQLStatement(
                "UPDATE job SET state = 3, finished_at = ?3, error = ?4, \(guardedBy)", in: database)
            update.bind(completion.finishedAt.milliseconds, at: 3)
            update.bind(reason, at: 4)
        case .retry(let reason, let time):
            update = try putOff("attempt = attempt + 1, ", reason, until: time, completion)
        case .cutOff:
            update = try SQLStatement("UPDATE job SET \(guardedBy)", in: database)
        case .interrupted(let reason, let time):
            update = try putOff("interruptions = interruptions + 1, ", reason, until: time, completion)
        case .postponed(let reason, let time):
            update = try putOff("", reason, until: time, completion)
        }
        update.bind(job.id, at: 1)
        update.bind(Int64(job.attempt), at: 2)
        try update.execute()
        guard database.changesCount == 1 else { return nil }
        let state = completion.outcome.state
        count(from: .pending, to: state, run: job.runID, doneAt: state == .done ? completion.finishedAt : nil)
        switch completion.outcome {
        case .done:
            try insertResult(of: completion)
            if let cost = completion.cost, let waited { try insert(cost, of: .result, waited: waited) }
            if completion.hasCheckpoint { try forgetCheckpoint(of: job.id) }
        case .failed(let reason), .retry(let reason, _), .interrupted(let reason, _):
            try insertAttempt(of: completion, error: reason)
            if let cost = completion.cost, let waited { try insert(cost, of: .attempt, waited: waited) }
        case .cutOff, .postponed: break
        }
        return CompletionEffect(
            changes: try resolveDependents(of: job.id, as: completion.outcome.state, at: completion.finishedAt),
            waited: waited.map { .milliseconds($0) })
    }

    /// The update of a job that comes back at a later time.
    private func putOff(
        _ change: String, _ reason: String, until time: Timestamp, _ completion: Completion
    ) throws -> SQLStatement {
        let update = try SQLStatement(
            "UPDATE job SET state = 1, \(change)run_at = ?3, put_off_at = ?5, error = ?4, \(Self.guardedBy)",
            in: database)
        update.bind(time.milliseconds, at: 3)
        update.bind(reason, at: 4)
        update.bind(completion.finishedAt.milliseconds, at: 5)
        return update
    }

    private func prepareCompletion() throws -> PreparedCompletion {
        if let preparedCompletion { return preparedCompletion }
        let prepared = PreparedCompletion(
            update: try SQLStatement(
                "UPDATE job SET state = 2, result_id = ?3, error = NULL, \(Self.guardedBy)", in: database),
            insert: try SQLStatement(
                """
                INSERT INTO result (id, job_id, run_id, consumer_id, attempt, started_at, finished_at, output)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """, in: database
            )
        )
        preparedCompletion = prepared
        return prepared
    }

    private func previousResultID() throws -> JobResult.ID {
        if let lastResultID { return lastResultID }
        let id = try SQLStatement("SELECT max(id) FROM result", in: database).rows { $0.integer(0) }[0]
        lastResultID = id
        return id
    }

    private func insertResult(of completion: Completion) throws {
        let id = try previousResultID() + 1
        let insert = try prepareCompletion().insert
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
            INSERT INTO attempt (job_id, attempt, consumer_id, started_at, finished_at, error, output, exit_code)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, in: database
        )
        insert.bind(completion.job.id, at: 1)
        insert.bind(Int64(completion.job.attempt), at: 2)
        insert.bind(completion.consumerID, at: 3)
        insert.bind(completion.startedAt.milliseconds, at: 4)
        insert.bind(completion.finishedAt.milliseconds, at: 5)
        insert.bind(error, at: 6)
        insert.bind(completion.output, at: 7)
        insert.bind(completion.exitCode.map(Int64.init), at: 8)
        try insert.execute()
    }
}
