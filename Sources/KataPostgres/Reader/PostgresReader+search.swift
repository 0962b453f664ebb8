public import Kata

extension PostgresReader {
    /// How long one search reads at a time: so long may another read have to wait.
    private static let sliceTime = Duration.milliseconds(10)
    /// At how many jobs it looks at the most in that time.
    private static let sliceLimit = 50_000
    /// How many jobs are looked at in a round trip. A few large items take as long as thousands of small ones.
    private static let pageSize = 500

    /// Looks for jobs, the latest first, for about ten milliseconds. Those that are done come in the order in which they were
    /// done.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func search(_ search: JobSearch, before id: Job.ID, limit: Int) async throws -> JobSearchPage {
        try await read { snapshot in
            var search = search
            if search.group != nil { search.states = search.states?.intersection([.failed]) ?? [.failed] }
            let clock = PreciseClock()
            let end = clock.now.advanced(by: Self.sliceTime)
            var found: [Job.ID] = []
            var count = 0
            var before = id
            while true {
                let page = try Self.page(search, before: before, in: snapshot)
                for row in page {
                    count += 1
                    if row.isFound { found.append(row.job) }
                    before = row.job
                    if found.count >= limit {
                        return JobSearchPage(jobs: found, lookedAt: count, next: before)
                    }
                }
                if page.count < Self.pageSize { return JobSearchPage(jobs: found, lookedAt: count, next: nil) }
                if count >= Self.sliceLimit || clock.now > end {
                    return JobSearchPage(jobs: found, lookedAt: count, next: before)
                }
            }
        }
    }

    /// A job that was looked at.
    private struct SearchRow {
        let job: Job.ID
        let isFound: Bool
    }

    private static func page(
        _ search: JobSearch, before id: Job.ID, in snapshot: PostgresSnapshot
    ) throws -> [SearchRow] {
        var builder = StatementBuilder()
        let query = try query(search, before: id, &builder, in: snapshot)
        return try snapshot.rows(query, builder.values) { row in
            SearchRow(
                job: row.integer(0),
                isFound: row.boolean(1)
                    && (search.group.map {
                        FailureGroup.id(
                            pipeline: row.text(2), error: row.text(3, limit: FailureGroup.textLimit).beginning) == $0
                    } ?? true))
        }
    }

    /// The conditions are a column, so that the jobs are seen that they don't hold for; only what an index helps with goes
    /// into the `WHERE` clause.
    private static func query(
        _ search: JobSearch, before id: Job.ID, _ builder: inout StatementBuilder, in snapshot: PostgresSnapshot
    ) throws -> String {
        let bound = "job.id < \(builder.add(.integer(id)))"
        if let tag = search.tag {
            // By the index of tags, which has the jobs of each in order.
            let tag = builder.add(.text(tag))
            return self.query(
                search, from: "job_tag JOIN job ON job.id = job_tag.job_id", by: "job_tag.job_id",
                where: "job_tag.tag = \(tag) AND job_tag.job_id < $1", &builder)
        }
        if let unique = search.unique {
            return self.query(
                search, from: "job", by: "job.id", where: "\(bound) AND job.unique_key = \(builder.add(.text(unique)))",
                &builder)
        }
        guard let states = search.states, states.count == 1, let state = states.first else {
            return self.query(search, from: "job", by: "job.id", where: bound, &builder)
        }
        if state == .done, let last = try resultBound(before: id, in: snapshot) {
            return self.query(
                search, from: "result JOIN job ON job.id = result.job_id", by: "result.id",
                where: "result.id < \(last)", &builder)
        }
        return self.query(search, from: "job", by: "job.id", where: "\(bound) AND job.state = \(state.code)", &builder)
    }

    private static func query(
        _ search: JobSearch, from tables: String, by order: String, where bounds: String,
        _ builder: inout StatementBuilder
    ) -> String {
        let rest =
            search.group == nil
            ? (columns: "", tables: "")
            : (
                columns: ", pipeline.name, left(error, \(FailureGroup.textLimit))",
                tables: " JOIN run ON run.id = job.run_id JOIN pipeline ON pipeline.id = run.pipeline_id"
            )
        return """
            SELECT job.id, (true\(search.conditions(&builder)))\(rest.columns) FROM \(tables)\(rest.tables)
            WHERE \(bounds) ORDER BY \(order) DESC LIMIT \(pageSize)
            """
    }

    /// Before which result the jobs are that were done before one; `nil` if that one has no result, such as one that is forgotten.
    private static func resultBound(before id: Job.ID, in snapshot: PostgresSnapshot) throws -> JobResult.ID? {
        if id == .max { return .max }
        return try snapshot.rows(
            "SELECT result_id FROM job WHERE id = $1 AND result_id IS NOT NULL", [.integer(id)]
        ) { $0.integer(0) }.first
    }
}
