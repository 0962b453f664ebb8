import Kata

/// What the end of a job means for those that wait for it.
extension PostgresTransaction {
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
        let jobs = try returning(
            """
            DELETE FROM unsettled WHERE job_id = ANY(ARRAY(
                SELECT job_id FROM unsettled ORDER BY job_id LIMIT \(Self.dependentLimit) FOR UPDATE SKIP LOCKED
            )) RETURNING job_id, state
            """
        ) { (job: $0.integer(0), state: JobState(code: $0.integer(1))) }.sorted { $0.job < $1.job }
        if jobs.isEmpty { return ([], false) }
        let changes = try resolveDependents(of: jobs, at: time)
        return (changes, try !rows("SELECT 1 FROM unsettled LIMIT 1") { _ in () }.isEmpty)
    }

    /// Resolves as many dependents as there is room for in this transaction, and notes the jobs of which some may be
    /// left.
    func resolveDependents(of jobs: [(job: Job.ID, state: JobState)], at time: Timestamp) throws -> [JobChange] {
        var changes: [JobChange] = []
        var open = jobs
        while dependentBudget > 0, let (job, state) = open.popLast() {
            let dependents = try takeDependents(of: job, limit: dependentBudget)
            dependentBudget -= dependents.count
            // This job may have more dependents.
            if dependentBudget == 0 { open.append((job, state)) }
            let goOn = dependents.filter { state == .done || $0.isPatient }
            var news = try release(goOn.map(\.job), at: time)
            for dependent in dependents where state != .done && !dependent.isPatient {
                guard dependent.change.old == .waiting else { continue }
                try cancel(dependent.change, with: (job, state), at: time)
                news.append(dependent.change)
                open.append((dependent.job, .cancelled))
            }
            changes += news.sorted { $0.job < $1.job }
            open = try withDependents(open)
        }
        if !open.isEmpty { postpone(open) }
        return changes
    }

    /// Those of these jobs for which others wait, in one question for all of them.
    private func withDependents(
        _ jobs: [(job: Job.ID, state: JobState)]
    ) throws -> [(job: Job.ID, state: JobState)] {
        if jobs.isEmpty { return [] }
        let blockers = Set(
            try rows(
                "SELECT DISTINCT blocker_id FROM dependency WHERE blocker_id = ANY($1)", [.integers(jobs.map(\.job))]
            ) { $0.integer(0) })
        return jobs.filter { blockers.contains($0.job) }
    }

    private func postpone(_ jobs: [(job: Job.ID, state: JobState)]) {
        hasUnresolvedDependents = true
        // One may be there twice, if it was cancelled, tried again, and cancelled again before its dependents had their turn.
        let states = Dictionary(jobs.map { ($0.job, $0.state) }) { _, later in later }.sorted { $0.key < $1.key }
        write(
            """
            INSERT INTO unsettled (job_id, state) SELECT * FROM unnest($1::bigint[], $2::bigint[])
            ON CONFLICT (job_id) DO UPDATE SET state = excluded.state
            """, [.integers(states.map(\.key)), .integers(states.map(\.value.code))])
    }

    /// Counts down how many jobs these jobs wait for.
    ///
    /// - Returns: the changes of those that wait for none any more.
    private func release(_ jobs: [Job.ID], at time: Timestamp) throws -> [JobChange] {
        if jobs.isEmpty { return [] }
        write("UPDATE job SET blockers = blockers - 1 WHERE id = ANY($1) AND state = 5", [.integers(jobs)])
        let released = try returning(
            """
            UPDATE job SET state = 1, run_at = greatest(run_at, $2),
                put_off_at = CASE WHEN run_at > $2 THEN coalesce(put_off_at, created_at) ELSE $2 END
            FROM run JOIN pipeline ON pipeline.id = run.pipeline_id
            WHERE job.id = ANY($1) AND state = 5 AND blockers = 0 AND run.id = job.run_id
            RETURNING job.id, job.attempt, job.priority, job.run_id, pipeline.name, job.run_at
            """, [.integers(jobs), .time(time)]
        ) { row in
            JobChange(
                job: row.integer(0), attempt: Int(row.integer(1)), priority: Int(row.integer(2)), runID: row.integer(3),
                pipeline: row.text(4), old: .waiting, new: .scheduled, runAt: row.timestamp(5))
        }
        for change in released { count(from: .waiting, to: .scheduled, run: change.runID) }
        return released
    }

    /// A job that waited for another one, which it does no more.
    private struct Dependent {
        let isPatient: Bool
        /// As if it is cancelled.
        let change: JobChange

        var job: Job.ID { change.job }
    }

    private func takeDependents(of job: Job.ID, limit: Int) throws -> [Dependent] {
        try returning(
            """
            WITH taken AS (
                DELETE FROM dependency WHERE blocker_id = $1 AND job_id IN
                    (SELECT job_id FROM dependency WHERE blocker_id = $1 ORDER BY job_id LIMIT $2)
                RETURNING job_id, is_patient
            )
            SELECT is_patient, job.id, attempt, priority, run_id, pipeline.name, state FROM taken
            JOIN job ON job.id = taken.job_id JOIN run ON run.id = run_id JOIN pipeline ON pipeline.id = pipeline_id
            ORDER BY job.id
            """, [.integer(job), .integer(limit)]
        ) { row in
            Dependent(
                isPatient: row.boolean(0),
                change: JobChange(
                    job: row.integer(1), attempt: Int(row.integer(2)), priority: Int(row.integer(3)),
                    runID: row.integer(4), pipeline: row.text(5), old: JobState(code: row.integer(6)), new: .cancelled))
        }
    }

    /// Whether any job waits for another one. Mostly none does, and this is asked for every job that is finished.
    private func anyJobWaits() throws -> Bool {
        if hasDependencies { return true }
        hasDependencies = try rows("SELECT EXISTS (SELECT 1 FROM dependency)") { $0.boolean(0) }[0]
        return hasDependencies
    }
}
