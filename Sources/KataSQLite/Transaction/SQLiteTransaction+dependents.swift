import GRDB
import Kata

/// What the end of a job means for those that wait for it.
extension SQLiteTransaction {
    /// How many dependents a transaction resolves at the most, so that other requests have their turn, too.
    static let dependentLimit = 1_000

    /// Resolves the dependents of a finished job: they go on, or they are cancelled, if they wait for the job to be
    /// done and it never will be.
    func resolveDependents(of job: Job.ID, as state: JobState, at time: Timestamp) throws -> [JobChange] {
        guard state.isFinal, try anyJobWaits() else { return [] }
        return try resolveDependents(of: [(job, state)], at: time)
    }

    func resolveMoreDependents(at time: Timestamp) throws -> (changes: [JobChange], hasMore: Bool) {
        dependentBudget = Self.dependentLimit
        let query = try SQLStatement("SELECT job_id, state FROM unsettled LIMIT \(Self.dependentLimit)", in: database)
        let jobs = try query.rows { (job: $0.integer(0), state: JobState(code: $0.integer(1))) }
        if jobs.isEmpty { return ([], false) }
        let delete = try SQLStatement("DELETE FROM unsettled WHERE job_id = ?1", in: database)
        for (job, _) in jobs {
            delete.bind(job, at: 1)
            try delete.execute()
        }
        let changes = try resolveDependents(of: jobs, at: time)
        let hasMore = try !SQLStatement("SELECT 1 FROM unsettled LIMIT 1", in: database).rows { _ in () }.isEmpty
        return (changes, hasMore)
    }

    /// Resolves as many dependents as there is room for in this transaction, and notes the jobs of which some may be
    /// left.
    private func resolveDependents(of jobs: [(job: Job.ID, state: JobState)], at time: Timestamp) throws -> [JobChange]
    {
        var changes: [JobChange] = []
        var open = jobs
        let delete = try SQLStatement("DELETE FROM dependency WHERE blocker_id = ?1 AND job_id = ?2", in: database)
        while dependentBudget > 0, let (job, state) = open.popLast() {
            let dependents = try dependents(of: job, limit: dependentBudget)
            dependentBudget -= dependents.count
            // This job may have more dependents.
            if dependentBudget == 0 { open.append((job, state)) }
            for (dependent, isPatient) in dependents {
                delete.bind(job, at: 1)
                delete.bind(dependent, at: 2)
                try delete.execute()
                if state == .done || isPatient {
                    changes += try release(dependent, at: time)
                } else {
                    let change = try change(of: dependent, to: .cancelled)
                    guard change.old == .waiting else { continue }
                    try cancel(change, with: (job, state), at: time)
                    changes.append(change)
                    open.append((dependent, .cancelled))
                }
            }
        }
        if !open.isEmpty { try postpone(open) }
        return changes
    }

    private func postpone(_ jobs: [(job: Job.ID, state: JobState)]) throws {
        hasUnresolvedDependents = true
        let insert = try SQLStatement("INSERT OR REPLACE INTO unsettled (job_id, state) VALUES (?1, ?2)", in: database)
        for (job, state) in jobs {
            insert.bind(job, at: 1)
            insert.bind(state.code, at: 2)
            try insert.execute()
        }
    }

    /// Counts down how many jobs a job waits for.
    ///
    /// - Returns: the change of the job, if it waits for none any more.
    private func release(_ job: Job.ID, at time: Timestamp) throws -> [JobChange] {
        let update = try SQLStatement(
            "UPDATE job SET blockers = blockers - 1 WHERE id = ?1 AND state = 5", in: database)
        update.bind(job, at: 1)
        try update.execute()
        let schedule = try SQLStatement(
            """
            UPDATE job SET state = 1, run_at = max(coalesce(run_at, ?2), ?2),
                put_off_at = CASE WHEN run_at > ?2 THEN coalesce(put_off_at, created_at) ELSE ?2 END
            WHERE id = ?1 AND state = 5 AND blockers = 0 RETURNING run_at
            """, in: database
        )
        schedule.bind(job, at: 1)
        schedule.bind(time.milliseconds, at: 2)
        guard let runAt = try schedule.rows({ Timestamp(milliseconds: $0.integer(0)) }).first else { return [] }
        let change = try change(of: job, to: .scheduled, from: .waiting, runAt: runAt)
        count(from: .waiting, to: .scheduled, run: change.runID)
        return [change]
    }

    private func dependents(of job: Job.ID, limit: Int) throws -> [(job: Job.ID, isPatient: Bool)] {
        let query = try SQLStatement(
            "SELECT job_id, is_patient FROM dependency WHERE blocker_id = ?1 LIMIT ?2", in: database)
        query.bind(job, at: 1)
        query.bind(Int64(limit), at: 2)
        return try query.rows { ($0.integer(0), $0.integer(1) != 0) }
    }

    /// Whether any job waits for another one. Mostly none does, and this is asked for every job that is finished.
    private func anyJobWaits() throws -> Bool {
        if let hasDependencies { return hasDependencies }
        let found = try !SQLStatement("SELECT 1 FROM dependency LIMIT 1", in: database).rows { _ in () }.isEmpty
        hasDependencies = found
        return found
    }
}
