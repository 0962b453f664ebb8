import GRDB
public import Kata

/// Which jobs there are, without what they are.
extension SQLiteReader {
    /// The ids of a pipeline's jobs in any of these states, in order. All pages together go through the table once.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { database in
            // By id, so that page after page goes through the table once; the entries of an index would be sorted for
            // each page.
            let codes = states.map { String($0.code) }.sorted().joined(separator: ",")
            let query = try SQLStatement(
                """
                SELECT id FROM job NOT INDEXED WHERE id > ?1 AND state IN (\(codes))
                    AND run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?2))
                ORDER BY id LIMIT ?3
                """, in: database
            )
            query.bind(id, at: 1)
            query.bind(pipeline, at: 2)
            query.bind(Int64(limit), at: 3)
            return try query.rows { $0.integer(0) }
        }
    }

    /// The ids of a pipeline's jobs in a final state that were finished after a time, in order of id.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobIDs(
        pipeline: String, state: JobState, finishedAfter time: Timestamp, after id: Job.ID, limit: Int
    ) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT job.id" + Self.recordTables + """
                     WHERE job.id > ?1 AND job.state = \(state.code) AND pipeline.name = ?2
                        AND coalesce(job.finished_at, result.finished_at) > ?3 ORDER BY job.id LIMIT ?4
                    """,
                in: database
            )
            query.bind(id, at: 1)
            query.bind(pipeline, at: 2)
            query.bind(time.milliseconds, at: 3)
            query.bind(Int64(limit), at: 4)
            return try query.rows { $0.integer(0) }
        }
    }

    /// The ids of jobs that may be pruned, in order.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func prunableJobIDs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT job.id" + Self.recordTables + """
                     WHERE job.id > ?1 AND job.state = \(selection.state.code) AND pipeline.name = ?2
                        AND coalesce(job.finished_at, result.finished_at) < ?3 AND \(Self.isNotLatest)\(selection.search.condition(5)) ORDER BY job.id LIMIT ?4
                    """,
                in: database
            )
            query.bind(id, at: 1)
            query.bind(selection.pipeline, at: 2)
            query.bind(selection.finishedBefore.milliseconds, at: 3)
            query.bind(Int64(limit), at: 4)
            query.bind(selection.search, at: 5)
            return try query.rows { $0.integer(0) }
        }
    }

    /// Leaves out the latest job and the job of the latest result: SQLite would give their ids out again.
    static let isNotLatest = """
        job.id <> (SELECT max(id) FROM job) AND coalesce(job.result_id, 0) <> coalesce((SELECT max(id) FROM result), -1)
        """

    /// The unfinished jobs that a job waits for, in order of id.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func blockers(job id: Job.ID) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT blocker_id FROM dependency WHERE job_id = ?1 ORDER BY blocker_id", in: database)
            query.bind(id, at: 1)
            return try query.rows { $0.integer(0) }
        }
    }

    /// The jobs that wait for a job, in order of id, at most `limit`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func dependents(job id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT job_id FROM dependency WHERE blocker_id = ?1 ORDER BY job_id LIMIT ?2", in: database)
            query.bind(id, at: 1)
            query.bind(Int64(limit), at: 2)
            return try query.rows { $0.integer(0) }
        }
    }

    /// The jobs that are cancelled because of that one, which they were to wait for, in order of id, from the first one after
    /// `id`, at most `limit`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobsCancelled(with job: Job.ID, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT job_id FROM cancelled_with WHERE blocker_id = ?1 AND job_id > ?2 ORDER BY job_id LIMIT ?3",
                in: database)
            query.bind(job, at: 1)
            query.bind(id, at: 2)
            query.bind(Int64(limit), at: 3)
            return try query.rows { $0.integer(0) }
        }
    }

    /// How many pending jobs of a run come before one. Counts up to `limit`, and looks at no more, other than at jobs with
    /// excepted keys.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobsBefore(
        _ id: Job.ID, priority: Int, run: Run.ID, keys: JobKeys, limit: Int
    ) async throws -> Int {
        try await read { database in
            let query = try SQLStatement(
                """
                SELECT count(*) FROM (
                    SELECT 1 FROM job WHERE run_id = ?1 AND state = 0 AND priority > ?2\(keys.condition(5))
                    UNION ALL
                    SELECT 1 FROM job WHERE run_id = ?1 AND state = 0 AND priority = ?2 AND id < ?3\(keys.condition(5))
                    LIMIT ?4)
                """, in: database
            )
            query.bind(run, at: 1)
            query.bind(Int64(priority), at: 2)
            query.bind(id, at: 3)
            query.bind(Int64(limit), at: 4)
            query.bind(keys, at: 5)
            return try query.rows { Int($0.integer(0)) }[0]
        }
    }
}
