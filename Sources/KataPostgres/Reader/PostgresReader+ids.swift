public import Kata

/// Which jobs there are, without what they are.
extension PostgresReader {
    /// The ids of a pipeline's jobs in any of these states, in order.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        let codes = states.map { String($0.code) }.sorted().joined(separator: ",")
        if codes.isEmpty { return [] }
        return try await rows(
            """
            SELECT id FROM job WHERE id > $1 AND state IN (\(codes))
                AND run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $2))
            ORDER BY id LIMIT $3
            """, [.integer(id), .text(pipeline), .integer(limit)]
        ) { $0.integer(0) }
    }

    /// The ids of a pipeline's jobs in a final state that were finished after a time, in order of id.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobIDs(
        pipeline: String, state: JobState, finishedAfter time: Timestamp, after id: Job.ID, limit: Int
    ) async throws -> [Job.ID] {
        try await rows(
            "SELECT job.id" + Self.recordTables + """
                 WHERE job.id > $1 AND job.state = \(state.code) AND pipeline.name = $2
                    AND coalesce(job.finished_at, result.finished_at) > $3 ORDER BY job.id LIMIT $4
                """, [.integer(id), .text(pipeline), .time(time), .integer(limit)]
        ) { $0.integer(0) }
    }

    /// The ids of jobs that may be pruned, in order.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func prunableJobIDs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        var builder = StatementBuilder()
        let condition = """
            job.id > \(builder.add(.integer(id))) AND job.state = \(selection.state.code)
                AND pipeline.name = \(builder.add(.text(selection.pipeline)))
                AND coalesce(job.finished_at, result.finished_at) < \(builder.add(.time(selection.finishedBefore)))
                AND \(Self.isNotLatest)\(selection.search.conditions(&builder))
            """
        let limit = builder.add(.integer(limit))
        return try await rows(
            "SELECT job.id" + Self.recordTables + " WHERE \(condition) ORDER BY job.id LIMIT \(limit)", builder.values
        ) { $0.integer(0) }
    }

    /// Leaves out the latest job and the job of the latest result, so that whoever counts on their ids finds them.
    static let isNotLatest = """
        job.id <> (SELECT max(id) FROM job) AND coalesce(job.result_id, 0) <> coalesce((SELECT max(id) FROM result), -1)
        """

    /// The unfinished jobs that a job waits for, in order of id.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func blockers(job id: Job.ID) async throws -> [Job.ID] {
        try await rows("SELECT blocker_id FROM dependency WHERE job_id = $1 ORDER BY blocker_id", [.integer(id)]) {
            $0.integer(0)
        }
    }

    /// The jobs that wait for a job, in order of id, at most `limit`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func dependents(job id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await rows(
            "SELECT job_id FROM dependency WHERE blocker_id = $1 ORDER BY job_id LIMIT $2",
            [.integer(id), .integer(limit)]
        ) { $0.integer(0) }
    }

    /// The jobs that are cancelled because of that one, which they were to wait for, in order of id, from the first one after
    /// `id`, at most `limit`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobsCancelled(with job: Job.ID, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await rows(
            "SELECT job_id FROM cancelled_with WHERE blocker_id = $1 AND job_id > $2 ORDER BY job_id LIMIT $3",
            [.integer(job), .integer(id), .integer(limit)]
        ) { $0.integer(0) }
    }

    /// How many pending jobs of a run come before one. Counts up to `limit`, and looks at no more, other than at jobs with
    /// excepted keys.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobsBefore(
        _ id: Job.ID, priority: Int, run: Run.ID, keys: JobKeys, limit: Int
    ) async throws -> Int {
        var builder = StatementBuilder()
        let (run, level) = (builder.add(.integer(run)), builder.add(.integer(priority)))
        let keys = keys.condition(&builder)
        let sql = """
            SELECT count(*) FROM (
                SELECT 1 FROM job WHERE run_id = \(run) AND state = 0 AND priority > \(level)\(keys)
                UNION ALL
                SELECT 1 FROM job WHERE run_id = \(run) AND state = 0 AND priority BETWEEN \(level) AND \(level)
                    AND id < \(builder.add(.integer(id)))\(keys)
                LIMIT \(builder.add(.integer(limit)))
            ) AS earlier
            """
        return try await rows(sql, builder.values) { Int($0.integer(0)) }[0]
    }
}
