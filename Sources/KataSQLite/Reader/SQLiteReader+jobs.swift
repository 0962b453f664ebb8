import GRDB
public import Kata

extension SQLiteReader {
    /// Jobs for a list, the latest first. An index helps with a state, none with a pipeline.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
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
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobs(_ ids: [Job.ID], textLimit: Int) async throws -> [JobRecord] {
        try await read { database in
            let query = try SQLStatement(Self.recordQuery + " WHERE job.id = ?1", in: database)
            return try ids.compactMap { id in
                query.bind(id, at: 1)
                return try query.rows { $0.jobRecord(textLimit: textLimit) }.first
            }
        }
    }

    /// A job with all that is known of it; `nil` if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func job(_ id: Job.ID) async throws -> JobRecord? {
        try await read { database in try Self.record(id, in: database) }
    }

    static func record(_ id: Job.ID, in database: Database) throws -> JobRecord? {
        let query = try SQLStatement(recordQuery + " WHERE job.id = ?1", in: database)
        query.bind(id, at: 1)
        return try query.rows { $0.jobRecord(textLimit: .max) }.first
    }

    private static let recordQuery = """
        SELECT \(SQLStatement.jobColumns.split(separator: ", ").map { "job.\($0)" }.joined(separator: ", ")),
            pipeline.name, job.state, unique_key, run_at, error, created_at,
            coalesce(job.finished_at, result.finished_at),
            (SELECT blocker_id FROM cancelled_with WHERE job_id = job.id),
            CASE job.state WHEN 3 THEN (SELECT exit_code FROM attempt WHERE job_id = job.id ORDER BY id DESC LIMIT 1) END,
            (SELECT group_concat(tag) FROM job_tag WHERE job_id = job.id),
            (SELECT copy_of FROM job_copy WHERE job_id = job.id),
            (SELECT traceparent FROM job_trace WHERE job_id = job.id)
        """ + recordTables

    static let recordTables = """
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
        var record = JobRecord(
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
            cancelledWith: isNull(16) ? nil : integer(16),
            exitCode: isNull(17) ? nil : Int32(clamping: integer(17))
        )
        if !isNull(18) { record.tags = text(18).split(separator: ",").map(String.init) }
        record.copyOf = isNull(19) ? nil : integer(19)
        record.job.traceParent = traceParent(20)
        return record
    }
}
