import Kata

extension PostgresTransaction {
    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange] {
        takeOrder()
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
        write(
            """
            UPDATE job SET state = 4, finished_at = $2, started_at = NULL, blockers = 0, put_off_at = NULL,
                error = coalesce($3::text, error)
            WHERE id = $1
            """,
            [.integer(change.job), .time(time), .text(blocker.map { StoreError.blockerReason($0.job, $0.state) })])
        if let blocker { try keepCancelled(change.job, with: blocker.job) }
        if change.old == .waiting { forgetDependencies(of: change.job) }
        if change.old == .pending { tellOwner(ofCancelled: change.job) }
        count(from: change.old, to: change.new, run: change.runID)
    }

    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange {
        takeOrder()
        tellsOthers = true
        let change = try change(of: job, to: .scheduled, runAt: time)
        let attempts: Int
        switch change.old {
        case .failed, .cancelled:
            try checkIsUnique(job, run: change.runID)
            attempts = 1
        case .scheduled, .waiting: attempts = 0
        case .pending, .done: throw StoreError.wrongState(job: job, state: change.old, action: "retry")
        }
        write(
            """
            UPDATE job SET state = 1, attempt = attempt + $2, run_at = $3, put_off_at = $3, interruptions = 0,
                finished_at = NULL, blockers = 0 WHERE id = $1
            """, [.integer(job), .integer(attempts), .time(time)])
        if change.old == .cancelled { forgetCancelledWith(job) }
        if change.old == .waiting { forgetDependencies(of: job) }
        count(from: change.old, to: change.new, run: change.runID)
        return change.with(attempt: change.attempt + attempts)
    }

    func retry(_ job: Job.ID, after blockers: Set<Job.ID>, at time: Timestamp) throws -> JobChange {
        takeOrder()
        let change = try change(of: job, to: .waiting)
        if change.old != .cancelled { throw StoreError.wrongState(job: job, state: change.old, action: "retry") }
        try checkIsUnique(job, run: change.runID)
        let open = try openBlockers(blockers)
        if open.isEmpty { return try retry(job, at: time) }
        write(
            """
            UPDATE job SET state = 5, attempt = attempt + 1, interruptions = 0, finished_at = NULL, blockers = $2
            WHERE id = $1
            """, [.integer(job), .integer(open.count)])
        forgetCancelledWith(job)
        try insertDependencies(of: job, on: Set(open), when: .done)
        count(from: change.old, to: change.new, run: change.runID)
        return change.with(attempt: change.attempt + 1)
    }

    /// Those of these jobs that are not finished, in order.
    ///
    /// - Throws: ``StoreError`` if one of them will never be done.
    private func openBlockers(_ blockers: Set<Job.ID>) throws -> [Job.ID] {
        let states = try states(of: blockers.sorted())
        return try blockers.sorted().filter { blocker in
            switch states[blocker] {
            case nil: throw StoreError.unknownJob(blocker)
            case .done?: return false
            case .pending?, .scheduled?, .waiting?: return true
            case .failed?: throw StoreError.wrongState(job: blocker, state: .failed, action: "wait for")
            case .cancelled?: throw StoreError.wrongState(job: blocker, state: .cancelled, action: "wait for")
            }
        }
    }

    /// - Throws: ``StoreError/uniqueTaken(job:by:)`` if an unfinished job of the pipeline has the job's unique key.
    private func checkIsUnique(_ job: Job.ID, run: Run.ID) throws {
        let keys = try rows("SELECT unique_key FROM job WHERE id = $1", [.integer(job)]) { $0.optionalText(0) }
        guard let key = keys.first ?? nil,
            let other = try findOpen(uniqueKey: key, run: run) ?? findHeld(uniqueKey: key, run: run, except: job)
        else { return }
        throw StoreError.uniqueTaken(job: job, by: other)
    }

    /// Describes the change of a job's state, which is made elsewhere. The job is not changed by others until this transaction ends.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)``.
    func change(of job: Job.ID, to state: JobState, runAt: Timestamp? = nil) throws -> JobChange {
        takeOrder()
        let changes = try rows(
            """
            SELECT attempt, priority, run_id, pipeline.name, state FROM job
            JOIN run ON run.id = run_id JOIN pipeline ON pipeline.id = pipeline_id WHERE job.id = $1 FOR UPDATE OF job
            """, [.integer(job)]
        ) { row in
            JobChange(
                job: job, attempt: Int(row.integer(0)), priority: Int(row.integer(1)), runID: row.integer(2),
                pipeline: row.text(3), old: JobState(code: row.integer(4)), new: state, runAt: runAt)
        }
        guard let change = changes.first else { throw StoreError.unknownJob(job) }
        return change
    }
}

extension JobChange {
    /// The same with the attempt that comes next.
    fileprivate func with(attempt: Int) -> JobChange {
        JobChange(
            job: job, attempt: attempt, priority: priority, runID: runID, pipeline: pipeline, old: old, new: new,
            runAt: runAt)
    }
}
