import GRDB
public import Kata

/// The results for exports and summaries.
extension SQLiteReader {
    /// The runs that a selection means now, in order.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        try await read { database in
            try SQLStatement(
                "SELECT run.id FROM run JOIN pipeline ON pipeline.id = run.pipeline_id\(selection.condition) ORDER BY run.id",
                in: database
            )
            .bound(to: selection)
            .rows { $0.integer(0) }
        }
    }

    /// The id of the latest result of all; 0 if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func latestResultID() async throws -> JobResult.ID {
        try await read { try SQLStatement("SELECT max(id) FROM result", in: $0).rows { $0.integer(0) }[0] }
    }

    /// Results in order of consumption; fewer than `limit` if their items are more than a `StorePage`. With no selection
    /// the table is read straight through.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        // Without a selection the result table is read straight through.
        let filter =
            selection == ResultSelection()
            ? ""
            : " AND result.run_id IN (SELECT run.id FROM run JOIN pipeline ON pipeline.id = run.pipeline_id\(selection.condition))"
        return try await read { database in
            let query = try SQLStatement(
                """
                SELECT result.id, result.run_id, consumer_id, item, job_id, name, result.attempt, result.started_at,
                    result.finished_at
                FROM result
                CROSS JOIN job ON job.id = result.job_id
                CROSS JOIN run AS its_run ON its_run.id = result.run_id
                CROSS JOIN pipeline AS its_pipeline ON its_pipeline.id = its_run.pipeline_id
                WHERE result.id > ?2\(filter) ORDER BY result.id LIMIT ?3
                """, in: database
            )
            query.bind(id, at: 2)
            query.bind(Int64(limit), at: 3)
            var page = StorePage()
            return try query.bound(to: selection).rows { row in
                JobResult(
                    id: row.integer(0), runID: row.integer(1), consumerID: row.text(2), item: row.text(3),
                    jobID: row.integer(4), pipeline: row.text(5), attempt: Int(row.integer(6)),
                    startedAt: Timestamp(milliseconds: row.integer(7)),
                    finishedAt: Timestamp(milliseconds: row.integer(8)))
            } while: { result in
                page.add(result.item.utf8.count)
            }
        }
    }

    /// What each consumer did in a run, as the view `consumer_totals` says, `c2` before `c10`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await read { database in
            let query = try SQLStatement(
                "SELECT consumer_id, items, total FROM consumer_totals WHERE run_id = ?1", in: database
            )
            query.bind(run, at: 1)
            return try query.rows { row in
                ConsumerTotal(consumerID: row.text(0), items: Int(row.integer(1)), total: row.double(2))
            }
        }
    }
}

extension ResultSelection {
    /// The `WHERE` clause over `run` and `pipeline`; `?1` is the pipeline's name.
    fileprivate var condition: String {
        var conditions: [String] = []
        if pipeline != nil { conditions.append("name = ?1") }
        switch runs {
        case .all: break
        case .latest: conditions.append("run.id IN (SELECT max(id) FROM run GROUP BY pipeline_id)")
        case .only(let ids): conditions.append("run.id IN (\(ids.sorted().map(String.init).joined(separator: ",")))")
        }
        return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }
}

extension SQLStatement {
    fileprivate func bound(to selection: ResultSelection) -> SQLStatement {
        if let pipeline = selection.pipeline { bind(pipeline, at: 1) }
        return self
    }
}
