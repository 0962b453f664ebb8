public import Kata

/// The results for exports and summaries.
extension PostgresReader {
    /// The runs that a selection means now, in order.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        var builder = StatementBuilder()
        let query = "SELECT run.id FROM \(selection.runs(&builder)) ORDER BY run.id"
        return try await rows(query, builder.values) { $0.integer(0) }
    }

    /// The id of the latest result of all; 0 if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func latestResultID() async throws -> JobResult.ID {
        try await rows("SELECT coalesce(max(id), 0) FROM result") { $0.integer(0) }[0]
    }

    /// Results in order of consumption; fewer than `limit` if their items are more than a `StorePage`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        var builder = StatementBuilder()
        let after = builder.add(.integer(id))
        // Without a selection the results are read straight through.
        let filter =
            selection == ResultSelection()
            ? "" : " AND result.run_id IN (SELECT run.id FROM \(selection.runs(&builder)))"
        // The item that goes past the budget is the last one that is sent.
        let query = """
            SELECT id, run_id, consumer_id, item, job_id, name, attempt, started_at, finished_at FROM (
                SELECT page.*, item, name, coalesce(sum(octet_length(item)) OVER (
                    ORDER BY page.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                FROM (
                    SELECT id, run_id, consumer_id, job_id, attempt, started_at, finished_at FROM result
                    WHERE id > \(after)\(filter) ORDER BY id LIMIT \(builder.add(.integer(limit)))
                ) AS page
                JOIN job ON job.id = page.job_id
                JOIN run ON run.id = page.run_id
                JOIN pipeline ON pipeline.id = run.pipeline_id
            ) AS page WHERE before < \(StorePage.budget) ORDER BY id
            """
        return try await rows(query, builder.values) { row in
            JobResult(
                id: row.integer(0), runID: row.integer(1), consumerID: row.text(2), item: row.text(3),
                jobID: row.integer(4), pipeline: row.text(5), attempt: Int(row.integer(6)),
                startedAt: Timestamp(milliseconds: row.integer(7)), finishedAt: Timestamp(milliseconds: row.integer(8)))
        }
    }

    /// What each consumer did in a run, as the view `consumer_totals` says, `c2` before `c10`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await rows(
            "SELECT consumer_id, items, total FROM consumer_totals WHERE run_id = $1 ORDER BY \(Schema.consumerOrder)",
            [.integer(run)]
        ) { row in
            ConsumerTotal(consumerID: row.text(0), items: Int(row.integer(1)), total: row.double(2))
        }
    }
}

extension ResultSelection {
    /// The tables `run` and `pipeline` with a `WHERE` clause.
    fileprivate func runs(_ builder: inout StatementBuilder) -> String {
        var conditions: [String] = []
        if let pipeline { conditions.append("name = \(builder.add(.text(pipeline)))") }
        switch runs {
        case .all: break
        case .latest: conditions.append("run.id IN (SELECT max(id) FROM run GROUP BY pipeline_id)")
        case .only(let ids): conditions.append("run.id = ANY(\(builder.add(.integers(ids.sorted()))))")
        }
        let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return "run JOIN pipeline ON pipeline.id = run.pipeline_id\(condition)"
    }
}
