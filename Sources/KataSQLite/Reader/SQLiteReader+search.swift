import GRDB
public import Kata

extension SQLiteReader {
    /// How long one search reads at a time: so long may another read have to wait, and the write-ahead log be kept.
    private static let sliceTime = Duration.milliseconds(10)
    /// At how many jobs it looks at the most in that time.
    private static let sliceLimit = 50_000
    /// After how many jobs it looks at the clock. A few large items take as long as thousands of small ones.
    private static let clockInterval = 8

    /// Looks for jobs, the latest first, for ten milliseconds at the most. Jobs that have failed, were cancelled or wait, those of a
    /// unique key, and those with a tag, are found by their index.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func search(_ search: JobSearch, before id: Job.ID, limit: Int) async throws -> JobSearchPage {
        try await read { database in
            let query = try SQLStatement(Self.query(search, rare: Self.rareState(search, in: database)), in: database)
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

    /// How many jobs are sorted at the most to find the latest of a state.
    private static let sortLimit = 20_000

    /// The state that is looked for, if it is `pending` or `scheduled`, and few jobs are in it as the runs have counted. If many
    /// are, they are found soon.
    private static func rareState(_ search: JobSearch, in database: Database) throws -> JobState? {
        guard let states = search.states, states.count == 1, let state = states.first else { return nil }
        let count: String
        switch state {
        case .pending: count = "added - scheduled - waiting - done - failed - cancelled"
        case .scheduled: count = "scheduled"
        case .waiting, .done, .failed, .cancelled: return nil
        }
        let counts = try SQLStatement("SELECT sum(\(count)) FROM run WHERE finished_at IS NULL", in: database)
        return try counts.rows { $0.integer(0) <= sortLimit }[0] ? state : nil
    }

    /// The conditions are a column, so that the jobs are seen that they don't hold for; only what an index helps with goes
    /// into the `WHERE` clause.
    ///
    /// - Parameter rare: the state that is looked for, if few jobs are in it, and an index has them in another order than that of
    ///   their ids.
    private static func query(_ search: JobSearch, rare: JobState?) -> String {
        var search = search
        if search.group != nil { search.states = search.states?.intersection([.failed]) ?? [.failed] }
        // By the index of tags, which has the jobs of each in order; what else is asked for is looked at with each of them.
        if search.tag != nil {
            return query(
                search, from: "job_tag CROSS JOIN job ON job.id = job_tag.job_id", by: "job_tag.job_id",
                where: "job_tag.tag = ?10 AND job_tag.job_id < ?1")
        }
        var bounds = "job.id < ?1"
        if let states = search.states, states.count == 1, let state = states.first {
            switch state {
            // Written out, because SQLite uses an index of one state only where it can tell that it fits.
            case .failed, .cancelled, .waiting: bounds += " AND job.state = \(state.code)"
            case .pending, .scheduled, .done: break
            }
        }
        if let rare {
            bounds += """
                 AND job.id IN (SELECT id FROM job INDEXED BY job_\(rare.rawValue)
                    WHERE state = \(rare.code) AND run_id IN (SELECT id FROM run WHERE finished_at IS NULL))
                """
        }
        if search.unique != nil { bounds += " AND job.unique_key = ?5" }
        return query(search, from: "job", by: "job.id", where: bounds)
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
}

extension SQLStatement {
    /// The group of the failed job in a row.
    fileprivate var group: FailureGroup.ID {
        FailureGroup.id(pipeline: text(2), error: text(3, limit: FailureGroup.textLimit).beginning)
    }
}
