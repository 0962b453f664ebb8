import GRDB
public import Kata

extension SQLiteReader {
    /// Jobs for a list, the latest first. An index helps with a state, none with a pipeline.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func jobs(
        _ filter: JobFilter, before id: Job.ID, limit: Int, textLimit: Int
    ) async throws -> [JobRecord] {
        try await read { database in
            var conditions = ["job.id < ?1"]
            // The state is written out, because SQLite uses an index of one state only where it can tell that it fits.
            if let state = filter.state { conditions.append("job.state = \(state.code)") }
            if filter.pipeline != nil {
                conditions.append(
                    "job.run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?3))")
            }
            let query = try SQLStatement(
                Self.recordQuery + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY job.id DESC LIMIT ?2",
                in: database
            )
            query.bind(id, at: 1)
            query.bind(Int64(limit), at: 2)
            if let pipeline = filter.pipeline { query.bind(pipeline, at: 3) }
            return try query.rows { $0.jobRecord(textLimit: textLimit) }
        }
    }

    /// Those of these jobs that there are, in the order of `ids`.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func jobs(_ ids: [Job.ID], textLimit: Int) async throws -> [JobRecord] {
        try await read { database in
            let query = try SQLStatement(Self.recordQuery + " WHERE job.id = ?1", in: database)
            return try ids.compactMap { id in
                query.bind(id, at: 1)
                return try query.rows { $0.jobRecord(textLimit: textLimit) }.first
            }
        }
    }

    /// The ids of a pipeline's jobs in that state, in order. All pages together go through the table once.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func jobIDs(pipeline: String, state: JobState, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { database in
            // By id, so that page after page goes through the table once; the entries of an index would be sorted for
            // each page.
            let query = try SQLStatement(
                """
                SELECT id FROM job NOT INDEXED WHERE id > ?1 AND state = ?2
                    AND run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?3))
                ORDER BY id LIMIT ?4
                """, in: database
            )
            query.bind(id, at: 1)
            query.bind(state.code, at: 2)
            query.bind(pipeline, at: 3)
            query.bind(Int64(limit), at: 4)
            return try query.rows { $0.integer(0) }
        }
    }

    /// A job with all that is known of it; `nil` if there is none.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func job(_ id: Job.ID) async throws -> JobRecord? {
        try await read { database in
            let query = try SQLStatement(Self.recordQuery + " WHERE job.id = ?1", in: database)
            query.bind(id, at: 1)
            return try query.rows { $0.jobRecord(textLimit: .max) }.first
        }
    }

    /// The ids of jobs that may be pruned, in order.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func prunableJobIDs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT job.id" + Self.recordTables + """
                     WHERE job.id > ?1 AND job.state = \(selection.state.code) AND pipeline.name = ?2
                        AND coalesce(job.finished_at, result.finished_at) < ?3 AND \(Self.isNotLatest) ORDER BY job.id LIMIT ?4
                    """,
                in: database
            )
            query.bind(id, at: 1)
            query.bind(selection.pipeline, at: 2)
            query.bind(selection.finishedBefore.milliseconds, at: 3)
            query.bind(Int64(limit), at: 4)
            return try query.rows { $0.integer(0) }
        }
    }

    /// The ids of a pipeline's jobs in a final state that were finished after a time, in order of id.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
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

    /// Leaves out the latest job and the job of the latest result: SQLite would give their ids out again.
    static let isNotLatest = """
        job.id <> (SELECT max(id) FROM job) AND coalesce(job.result_id, 0) <> coalesce((SELECT max(id) FROM result), -1)
        """

    /// The unfinished jobs that a job waits for, in order of id.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func blockers(job id: Job.ID) async throws -> [Job.ID] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT blocker_id FROM dependency WHERE job_id = ?1 ORDER BY blocker_id", in: database)
            query.bind(id, at: 1)
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
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
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

    /// The attempts at a job that are over, in order; the one that succeeded is kept with the result.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func attempts(job id: Job.ID, skipping count: Int) async throws -> [Attempt] {
        try await read { database in
            // First what sorts them, without the texts, of which one job may have many megabytes.
            let order = try SQLStatement(
                """
                SELECT id, attempt, started_at, 0 FROM attempt WHERE job_id = ?1
                UNION ALL
                SELECT id, attempt, started_at, 1 FROM result WHERE id = (SELECT result_id FROM job WHERE id = ?1)
                ORDER BY 2, 3 LIMIT -1 OFFSET ?2
                """, in: database
            )
            order.bind(id, at: 1)
            order.bind(Int64(count), at: 2)
            var page = StorePage()
            var attempts: [Attempt] = []
            for (id, isResult) in try order.rows({ ($0.integer(0), $0.integer(3) != 0) }) {
                let attempt = try Self.attempt(id, isResult: isResult, in: database)
                attempts.append(attempt)
                if !page.add((attempt.error?.utf8.count ?? 0) + (attempt.output?.utf8.count ?? 0)) { break }
            }
            return attempts
        }
    }

    /// How long the last attempt that is over took, of each of these jobs that has one.
    ///
    /// - Throws: ``SQLiteFailure``; `CancellationError`.
    public func lastDurations(jobs: [Job.ID]) async throws -> [Job.ID: Duration] {
        try await read { database in
            let query = try SQLStatement(
                """
                SELECT coalesce(
                    (SELECT finished_at - started_at FROM result
                        WHERE id = (SELECT result_id FROM job WHERE id = ?1)),
                    (SELECT finished_at - started_at FROM attempt WHERE job_id = ?1 ORDER BY id DESC LIMIT 1))
                """, in: database
            )
            var durations: [Job.ID: Duration] = [:]
            for id in jobs {
                query.bind(id, at: 1)
                durations[id] = try query.rows { row -> Duration? in
                    row.isNull(0) ? nil : .milliseconds(row.integer(0))
                }[0]
            }
            return durations
        }
    }

    private static func attempt(_ id: Int64, isResult: Bool, in database: Database) throws -> Attempt {
        let columns = "attempt, consumer_id, started_at, finished_at, output"
        let query = try SQLStatement(
            isResult
                ? "SELECT \(columns), NULL FROM result WHERE id = ?1"
                : "SELECT \(columns), error FROM attempt WHERE id = ?1",
            in: database)
        query.bind(id, at: 1)
        return try query.rows { row in
            Attempt(
                number: Int(row.integer(0)),
                consumerID: row.text(1),
                startedAt: Timestamp(milliseconds: row.integer(2)),
                finishedAt: Timestamp(milliseconds: row.integer(3)),
                error: row.isNull(5) ? nil : row.text(5),
                output: row.isNull(4) ? nil : row.text(4)
            )
        }[0]
    }

    private static let recordQuery = """
        SELECT \(SQLStatement.jobColumns.split(separator: ", ").map { "job.\($0)" }.joined(separator: ", ")),
            pipeline.name, job.state, unique_key, run_at, error, created_at,
            coalesce(job.finished_at, result.finished_at),
            (SELECT blocker_id FROM cancelled_with WHERE job_id = job.id)
        """ + recordTables

    private static let recordTables = """
         FROM job
        CROSS JOIN run ON run.id = job.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        LEFT JOIN result ON result.id = job.result_id
        """
}

extension SQLStatement {
    /// The record in a row of ``SQLiteReader/recordQuery``, with at most `textLimit` bytes of the item and of the error.
    fileprivate func jobRecord(textLimit: Int) -> JobRecord {
        let item = text(2, limit: textLimit)
        let error = isNull(13) ? nil : text(13, limit: textLimit)
        return JobRecord(
            job: job(item: item.beginning),
            itemBytes: item.bytes,
            pipeline: text(9),
            state: JobState(code: integer(10)),
            uniqueKey: isNull(11) ? nil : text(11),
            runAt: timestamp(12),
            error: error?.beginning,
            errorBytes: error?.bytes,
            createdAt: Timestamp(milliseconds: integer(14)),
            finishedAt: timestamp(15),
            cancelledWith: isNull(16) ? nil : integer(16)
        )
    }
}
