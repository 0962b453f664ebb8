import GRDB
public import Kata

extension SQLiteReader {
    /// How long one search reads at a time: so long may another read have to wait, and the write-ahead log be kept.
    private static let sliceTime = Duration.milliseconds(10)
    /// At how many jobs it looks at the most in that time.
    private static let sliceLimit = 50_000
    /// After how many jobs it looks at the clock. A few large items take as long as thousands of small ones.
    private static let clockInterval = 8

    /// How many pairs of a run and a priority are looked at at the same time.
    private static let laneLimit = 64
    /// How many jobs are sorted at the most to find the latest of a state.
    private static let sortLimit = 20_000

    /// Looks for jobs, the latest first, for ten milliseconds at the most. Those that are done come in the order in which they were
    /// done. All that one state, a unique key or a tag tell of is found by an index, but for jobs that are scheduled where these are many.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func search(_ search: JobSearch, before id: Job.ID, limit: Int) async throws -> JobSearchPage {
        try await read { database in
            var search = search
            if search.group != nil { search.states = search.states?.intersection([.failed]) ?? [.failed] }
            let query = try SQLStatement(Self.query(search, before: id, in: database), in: database)
            query.bind(id, at: 1)
            query.bind(search, at: 2)
            let clock = PreciseClock()
            let end = clock.now.advanced(by: Self.sliceTime)
            var found: [Job.ID] = []
            var count = 0
            var next: Job.ID?
            try query.eachRow { row in
                let job = row.integer(0)
                count += 1
                if row.integer(1) != 0, search.group.map({ $0 == row.group }) ?? true { found.append(job) }
                let isOver =
                    found.count >= limit || count >= Self.sliceLimit
                    || count.isMultiple(of: Self.clockInterval) && clock.now > end
                if isOver { next = job }
                return !isOver
            }
            return JobSearchPage(jobs: found, lookedAt: count, next: next)
        }
    }

    /// The conditions are a column, so that the jobs are seen that they don't hold for; only what an index helps with goes
    /// into the `WHERE` clause.
    private static func query(_ search: JobSearch, before id: Job.ID, in database: Database) throws -> String {
        // By the index of tags, which has the jobs of each in order; what else is asked for is looked at with each of them.
        if search.tag != nil {
            return query(
                search, from: "job_tag CROSS JOIN job ON job.id = job_tag.job_id", by: "job_tag.job_id",
                where: "job_tag.tag = ?10 AND job_tag.job_id < ?1")
        }
        if search.unique != nil {
            return query(search, from: "job", by: "job.id", where: "job.id < ?1 AND job.unique_key = ?5")
        }
        let all = query(search, from: "job", by: "job.id", where: "job.id < ?1")
        guard let states = search.states, states.count == 1, let state = states.first else { return all }
        // What the index tells is not asked again of the row, which need not be read then.
        var rest = search
        rest.states = nil
        switch state {
        case .failed, .cancelled, .waiting:
            // Written out, because SQLite uses an index of one state only where it can tell that it fits.
            return query(rest, from: "job", by: "job.id", where: "job.id < ?1 AND job.state = \(state.code)")
        case .done:
            guard let bound = try resultBound(before: id, in: database) else { return all }
            return query(
                rest, from: "result CROSS JOIN job ON job.id = result.job_id", by: "result.id",
                where: "result.id < \(bound)")
        case .pending: return try pendingQuery(rest, in: database) ?? all
        case .scheduled:
            guard try scheduledCount(in: database) <= sortLimit else { return all }
            return query(
                search, from: "job", by: "job.id",
                where: """
                    job.id < ?1 AND job.id IN (SELECT id FROM job INDEXED BY job_scheduled
                        WHERE state = 1 AND run_id IN (SELECT id FROM run WHERE finished_at IS NULL))
                    """)
        }
    }

    private static func query(_ search: JobSearch, from tables: String, by order: String, where bounds: String)
        -> String
    {
        let columns = "job.id, (1\(search.condition(2)))"
        if search.group == nil { return "SELECT \(columns) FROM \(tables) WHERE \(bounds) ORDER BY \(order) DESC" }
        return """
            SELECT \(columns), pipeline.name, error FROM \(tables)
            CROSS JOIN run ON run.id = job.run_id CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
            WHERE \(bounds) ORDER BY \(order) DESC
            """
    }

    /// Before which result the jobs are that were done before one; `nil` if that one has no result, such as one that is forgotten.
    private static func resultBound(before id: Job.ID, in database: Database) throws -> JobResult.ID? {
        if id == .max { return .max }
        let result = try SQLStatement("SELECT result_id FROM job WHERE id = ?1 AND result_id IS NOT NULL", in: database)
        result.bind(id, at: 1)
        return try result.rows { $0.integer(0) }.first
    }

    /// Pending jobs are indexed by run and priority. The latest of all are found by going down in each of these at the same time.
    ///
    /// - Returns: `nil` if there are too many of these.
    private static func pendingQuery(_ search: JobSearch, in database: Database) throws -> String? {
        let runs = try SQLStatement(
            """
            SELECT run.id FROM run JOIN pipeline ON pipeline.id = run.pipeline_id
            WHERE finished_at IS NULL AND (?1 IS NULL OR pipeline.name = ?1)
            """, in: database)
        runs.bind(search.pipeline, at: 1)
        var lanes: [String] = []
        for run in try runs.rows({ $0.integer(0) }) {
            for priority in try pendingPriorities(run, database) {
                let lane = "state = 0 AND run_id = \(run) AND priority = \(priority) AND id < ?1"
                lanes.append(
                    search.key == nil
                        ? "job INDEXED BY job_pending WHERE \(lane)"
                        : "job INDEXED BY job_pending_of_key WHERE \(lane) AND limit_key IS NOT NULL AND limit_key = ?6"
                )
            }
        }
        if lanes.count > laneLimit { return nil }
        let column = "(1\(search.condition(2)))"
        // One that gives nothing, where nothing is pending.
        let parts = lanes.isEmpty ? ["job WHERE id < ?1 AND 0"] : lanes
        return parts.map { "SELECT id, \(column) FROM \($0)" }.joined(separator: " UNION ALL ") + " ORDER BY 1 DESC"
    }

    private static func scheduledCount(in database: Database) throws -> Int64 {
        let counts = try SQLStatement("SELECT sum(scheduled) FROM run WHERE finished_at IS NULL", in: database)
        return try counts.rows { $0.integer(0) }[0]
    }
}

extension SQLStatement {
    /// The group of the failed job in a row.
    fileprivate var group: FailureGroup.ID {
        FailureGroup.id(pipeline: text(2), error: text(3, limit: FailureGroup.textLimit).beginning)
    }
}
