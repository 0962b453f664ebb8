public import Kata

extension PostgresReader {
    /// Jobs for a list, the latest first. An index helps with a state, none with a pipeline.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobs(
        _ filter: JobFilter, before id: Job.ID, limit: Int, textLimit: Int
    ) async throws -> [JobRecord] {
        var builder = StatementBuilder()
        var conditions = ["job.id < \(builder.add(.integer(id)))"]
        if let state = filter.state { conditions.append("job.state = \(state.code)") }
        if let pipeline = filter.pipeline {
            conditions.append(
                """
                job.run_id IN (SELECT id FROM run WHERE pipeline_id =
                    (SELECT id FROM pipeline WHERE name = \(builder.add(.text(pipeline)))))
                """)
        }
        let query = """
            \(Self.recordQuery(textLimit)) WHERE \(conditions.joined(separator: " AND "))
            ORDER BY job.id DESC LIMIT \(builder.add(.integer(limit)))
            """
        return try await rows(query, builder.values) { $0.jobRecord(textLimit: textLimit) }
    }

    /// Those of these jobs that there are, in the order of `ids`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func jobs(_ ids: [Job.ID], textLimit: Int) async throws -> [JobRecord] {
        let records = try await rows(Self.recordQuery(textLimit) + " WHERE job.id = ANY($1)", [.integers(ids)]) {
            $0.jobRecord(textLimit: textLimit)
        }
        let known = Dictionary(records.map { ($0.job.id, $0) }) { first, _ in first }
        return ids.compactMap { known[$0] }
    }

    /// A job with all that is known of it; `nil` if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func job(_ id: Job.ID) async throws -> JobRecord? {
        try await read { try Self.record(id, in: $0) }
    }

    static func record(_ id: Job.ID, in snapshot: PostgresSnapshot) throws -> JobRecord? {
        try snapshot.rows(recordQuery(.max) + " WHERE job.id = $1", [.integer(id)]) {
            $0.jobRecord(textLimit: .max)
        }.first
    }

    /// - Parameter textLimit: how many bytes of an item and of an error are wanted. More is not sent than as many characters.
    private static func recordQuery(_ textLimit: Int) -> String {
        let columns = PostgresRow.jobColumns
            .replacing("job.item", with: cut("job.item", textLimit))
        return """
            SELECT \(columns), pipeline.name, job.state, unique_key, run_at, \(cut("error", textLimit)), created_at,
                coalesce(job.finished_at, result.finished_at),
                (SELECT blocker_id FROM cancelled_with WHERE job_id = job.id),
                CASE job.state WHEN 3
                    THEN (SELECT exit_code FROM attempt WHERE job_id = job.id ORDER BY id DESC LIMIT 1) END,
                (SELECT string_agg(tag, ',' ORDER BY tag) FROM job_tag WHERE job_id = job.id),
                (SELECT copy_of FROM job_copy WHERE job_id = job.id),
                (SELECT traceparent FROM job_trace WHERE job_id = job.id),
                octet_length(job.item), octet_length(error)
            """ + recordTables
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        limit < Int32.max ? "left(\(text), \(limit + 1))" : text
    }

    static let recordTables = """
         FROM job
        JOIN run ON run.id = job.run_id
        JOIN pipeline ON pipeline.id = run.pipeline_id
        LEFT JOIN result ON result.id = job.result_id
        """
}

extension PostgresRow {
    /// The record in a row of ``PostgresReader/recordQuery(_:)``, with at most `textLimit` bytes of the item and of the error.
    fileprivate func jobRecord(textLimit: Int) -> JobRecord {
        let item = text(2, limit: textLimit)
        let error = isNull(13) ? nil : text(13, limit: textLimit)
        var record = JobRecord(
            job: job(item: item.beginning),
            itemBytes: Int(integer(21)),
            pipeline: text(9),
            state: JobState(code: integer(10)),
            uniqueKey: optionalText(11),
            runAt: timestamp(12),
            error: error?.beginning,
            errorBytes: optionalInteger(22).map { Int($0) },
            createdAt: Timestamp(milliseconds: integer(14)),
            finishedAt: timestamp(15),
            cancelledWith: optionalInteger(16),
            exitCode: optionalInteger(17).map { Int32(clamping: $0) }
        )
        if let tags = optionalText(18) { record.tags = tags.split(separator: ",").map(String.init) }
        record.copyOf = optionalInteger(19)
        record.job.traceParent = traceParent(20)
        return record
    }
}
