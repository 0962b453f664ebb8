import Kata

/// What other nodes did.
extension PostgresReader {
    /// - Parameters:
    ///   - member: who asks.
    ///   - jobs: whose ends are waited for.
    func news(
        pipelines: [String], jobs: [Job.ID], for member: SessionMember
    ) async throws -> (news: StoreNews, clock: ClockSample, otherSessions: Int) {
        try await read { snapshot in
            snapshot.keepToIndexes()
            var news = StoreNews()
            news.pipelines = try snapshot.rows(
                Self.pipelineNews, [.texts(pipelines), .text(member.node)], Self.pipelineNews)
            let begin = ClockSample.system
            let (time, others) = try snapshot.rows(
                """
                SELECT \(ClockSample.now),
                    (SELECT count(*) FROM session WHERE ended_at IS NULL AND id <> $1)
                """, [.integer(member.session)]
            ) { ($0.integer(0), Int($0.integer(1))) }[0]
            let clock = ClockSample(server: time, before: begin, after: ClockSample.system)
            news.cancelled = try snapshot.rows(
                """
                SELECT job.id, cancelled_attempt, priority, job.run_id, name FROM claim JOIN job ON job.id = claim.job_id
                JOIN run ON run.id = job.run_id JOIN pipeline ON pipeline.id = run.pipeline_id
                WHERE claim.session_id = $1 AND cancelled_attempt IS NOT NULL
                """, [.integer(member.session)]
            ) { row in
                JobChange(
                    job: row.integer(0), attempt: Int(row.integer(1)),
                    priority: Int(row.integer(2)), runID: row.integer(3), pipeline: row.text(4), old: .pending,
                    new: .cancelled)
            }
            if !jobs.isEmpty {
                news.finished = try snapshot.rows(
                    "SELECT id FROM job WHERE id = ANY($1) AND state IN (2, 3, 4)", [.integers(jobs)]
                ) { $0.integer(0) }
            }
            return (news, clock, others)
        }
    }

    private static let pipelineNews = """
        SELECT pipeline.name, paused_at IS NOT NULL, wanted,
            \(RunQuery.countColumns.split(separator: ", ").map { "totals.\($0)" }.joined(separator: ", ")),
            run.id, run.version, run.source_exhausted, run.finished_at IS NOT NULL,
            \(RunQuery.countColumns.split(separator: ", ").map { "run.\($0)" }.joined(separator: ", ")),
            (SELECT min(run_at) FROM job WHERE job.run_id = run.id AND state = 1)
        FROM pipeline
        LEFT JOIN LATERAL (
            SELECT * FROM run AS any_run WHERE any_run.pipeline_id = pipeline.id
            ORDER BY any_run.finished_at IS NULL DESC, any_run.id DESC LIMIT 1
        ) AS run ON true
        LEFT JOIN node_pipeline ON node_pipeline.pipeline_id = pipeline.id AND node_pipeline.node = $2
        CROSS JOIN LATERAL (
            SELECT \(RunQuery.countColumns.split(separator: ", ").map { "sum(\($0))::bigint AS \($0)" }.joined(separator: ", "))
            FROM run AS any_run WHERE any_run.pipeline_id = pipeline.id
        ) AS totals
        WHERE pipeline.name = ANY($1)
        """

    private static func pipelineNews(_ row: PostgresRow) -> StoreNews.Pipeline {
        var news = StoreNews.Pipeline(
            name: row.text(0), isPaused: row.boolean(1), workers: row.optionalInteger(2).map { Int($0) },
            counts: RunQuery.counts(row, from: 3))
        if row.isNull(9) { return news }
        news.run = RunQuery.tally(row, from: 9)
        news.nextDue = row.timestamp(19)
        return news
    }

    func holding(of job: Job.ID) async throws -> JobHolding {
        try await rows(
            """
            SELECT holder, only_node, EXISTS (
                SELECT 1 FROM session WHERE node = only_node AND ended_at IS NULL AND expires_at > clock_timestamp())
            FROM (
                SELECT (SELECT node FROM claim JOIN session ON session.id = session_id WHERE job_id = $1) AS holder,
                    coalesce((SELECT node FROM job_node WHERE job_id = $1),
                        (SELECT source_node FROM job JOIN run ON run.id = run_id WHERE job.id = $1)) AS only_node
            ) AS holding
            """, [.integer(job)]
        ) { JobHolding(holder: $0.optionalText(0), only: $0.optionalText(1), isAlive: $0.boolean(2)) }[0]
    }

    func nodes() async throws -> [NodeRecord] {
        try await read { snapshot in
            let pipelines = try snapshot.rows(
                """
                SELECT node, name, state, workers, running, rate FROM node_pipeline
                JOIN pipeline ON pipeline.id = pipeline_id ORDER BY node, name
                """
            ) { row in
                (
                    node: row.text(0),
                    pipeline: NodeReport.Pipeline(
                        name: row.text(1), state: row.text(2), workers: Int(row.integer(3)),
                        running: Int(row.integer(4)),
                        rate: row.double(5))
                )
            }
            return try snapshot.rows(Self.latestSessions) { row in
                let name = row.text(0)
                let state: NodeRecord.State =
                    row.boolean(4) ? (row.boolean(5) ? .stopped : .gone) : row.boolean(6) ? .alive : .silent
                return NodeRecord(
                    name: name, state: state, version: row.text(1), since: Timestamp(milliseconds: row.integer(2)),
                    seen: Timestamp(milliseconds: row.integer(3)),
                    report: NodeReport(
                        pipelines: [.alive, .silent].contains(state)
                            ? pipelines.filter { $0.node == name }.map(\.pipeline) : []))
            }
        }
    }

    private static let latestSessions = """
        SELECT DISTINCT ON (node) node, version, (extract(epoch FROM began_at) * 1000)::bigint,
            (extract(epoch FROM seen_at) * 1000)::bigint, ended_at IS NOT NULL, is_clean, expires_at > clock_timestamp()
        FROM session ORDER BY node, id DESC
        """
}
