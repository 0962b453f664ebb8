import GRDB
import Kata

extension SQLiteTransaction {
    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange] {
        let change = try change(of: job, to: .cancelled)
        if change.old.isFinal { throw StoreError.wrongState(job: job, state: change.old, action: "cancel") }
        try cancel(change, with: nil, at: time)
        return [change] + (try resolveDependents(of: job, as: .cancelled, at: time))
    }

    /// Makes a change to cancelled, and forgets what the job waited for.
    ///
    /// - Parameter blocker: the job that it waited for, and how that ended, which is kept as the job's error; `nil` leaves the
    ///   error as it is.
    func cancel(_ change: JobChange, with blocker: (job: Job.ID, state: JobState)?, at time: Timestamp) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = 4, finished_at = ?, started_at = NULL, blockers = 0, put_off_at = NULL,
                    error = coalesce(?, error)
                WHERE id = ?
                """,
            arguments: [
                time.milliseconds, blocker.map { StoreError.blockerReason($0.job, $0.state) }, change.job,
            ]
        )
        if let blocker { try keepCancelled(change.job, with: blocker.job) }
        if change.old == .waiting { try forgetDependencies(of: change.job) }
        count(from: change.old, to: change.new, run: change.runID)
    }

    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange {
        let change = try change(of: job, to: .scheduled, runAt: time)
        let attempts: Int
        switch change.old {
        case .failed, .cancelled:
            try checkIsUnique(job, run: change.runID)
            attempts = 1
        case .scheduled, .waiting: attempts = 0
        case .pending, .done: throw StoreError.wrongState(job: job, state: change.old, action: "retry")
        }
        try database.execute(
            sql: """
                UPDATE job SET state = 1, attempt = attempt + ?1, run_at = ?2, put_off_at = ?2, interruptions = 0,
                    finished_at = NULL, blockers = 0 WHERE id = ?3
                """,
            arguments: [attempts, time.milliseconds, job]
        )
        if change.old == .cancelled { try forgetCancelledWith(job) }
        if change.old == .waiting { try forgetDependencies(of: job) }
        count(from: change.old, to: change.new, run: change.runID)
        return try self.change(of: job, to: .scheduled, from: change.old, runAt: time)
    }

    func retry(_ job: Job.ID, after blockers: Set<Job.ID>, at time: Timestamp) throws -> JobChange {
        let change = try change(of: job, to: .waiting)
        if change.old != .cancelled { throw StoreError.wrongState(job: job, state: change.old, action: "retry") }
        try checkIsUnique(job, run: change.runID)
        let open = try blockers.sorted().filter { blocker in
            let state = try self.change(of: blocker, to: .done).old
            switch state {
            case .done: return false
            case .pending, .scheduled, .waiting: return true
            case .failed, .cancelled: throw StoreError.wrongState(job: blocker, state: state, action: "wait for")
            }
        }
        if open.isEmpty { return try retry(job, at: time) }
        try database.execute(
            sql: """
                UPDATE job SET state = 5, attempt = attempt + 1, interruptions = 0, finished_at = NULL, blockers = ?
                WHERE id = ?
                """,
            arguments: [open.count, job]
        )
        try forgetCancelledWith(job)
        try insertDependencies(of: job, on: Set(open), when: .done)
        count(from: change.old, to: change.new, run: change.runID)
        return try self.change(of: job, to: .waiting, from: change.old)
    }

    /// - Throws: ``StoreError/uniqueTaken(job:by:)`` if an unfinished job of the pipeline has the job's unique key.
    private func checkIsUnique(_ job: Job.ID, run: Run.ID) throws {
        let query = try SQLStatement("SELECT unique_key FROM job WHERE id = ?1", in: database)
        query.bind(job, at: 1)
        guard let key = try query.rows({ $0.isNull(0) ? nil : $0.text(0) }).first ?? nil,
            let other = try findOpen(uniqueKey: key, run: run) ?? findHeld(uniqueKey: key, run: run, except: job)
        else { return }
        throw StoreError.uniqueTaken(job: job, by: other)
    }

    /// Describes the change of a job's state, which is made elsewhere.
    ///
    /// - Parameter old: the state that the job was in; `nil` means the state that it is in now.
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
}
