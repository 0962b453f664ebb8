import Kata

/// What nodes tell each other through the database.
extension PostgresTransaction {
    /// Keeps what this node does.
    func keep(_ report: NodeReport) throws {
        for pipeline in report.pipelines {
            write(
                """
                INSERT INTO node_pipeline (node, pipeline_id, state, workers, running, rate, interruptions)
                VALUES ($1, $2, $3, $4, $5, $6::double precision, $7)
                ON CONFLICT (node, pipeline_id) DO UPDATE SET state = excluded.state, workers = excluded.workers,
                    running = excluded.running, rate = excluded.rate, interruptions = excluded.interruptions
                """,
                [
                    .text(member.node), .integer(try pipelineID(of: pipeline.name)), .text(pipeline.state),
                    .integer(pipeline.workers), .integer(pipeline.running), .double(pipeline.rate),
                    .integer(pipeline.interruptions),
                ])
        }
    }

    /// Takes over what nodes had whose leases are over. Only by a node that has been in contact for a lease: after the server gave no
    /// answer for a while, the others may only be late.
    ///
    /// - Returns: their names.
    func takeOverExpired(after lease: Duration) throws -> [String] {
        // One in the middle of a transaction is passed over: it is alive, or the server will end that transaction.
        takeOrder()
        let expired = try rows(
            """
            SELECT id, node FROM session WHERE ended_at IS NULL AND expires_at < clock_timestamp() AND id <> $1
                AND EXISTS (SELECT 1 FROM session AS own WHERE own.id = $1
                    AND own.contact_since < clock_timestamp() - $2 * interval '1 millisecond'
                    AND own.seen_at > clock_timestamp() - $2 * interval '0.5 millisecond')
            ORDER BY id FOR UPDATE OF session SKIP LOCKED
            """, [.integer(member.session), .integer(lease.milliseconds)]
        ) { (id: $0.integer(0), node: $0.text(1)) }
        if expired.isEmpty { return [] }
        tellsOthers = true
        for statement in Session.takeover(of: expired.map(\.id)) { write(statement.sql, statement.values) }
        // What they had left to later transactions.
        if try !rows("SELECT 1 FROM unsettled LIMIT 1", [], { _ in () }).isEmpty { hasUnresolvedDependents = true }
        return expired.map(\.node)
    }

    /// Forgets turns of keys that hold back nothing.
    func forgetTurns() {
        write("DELETE FROM turn WHERE next_us < \(ClockSample.now) - 3600000000")
    }

    /// Another node that works on that run's pipeline; `nil` if there is none.
    func otherNode(on run: Run.ID) throws -> String? {
        try rows(
            """
            SELECT node FROM node_pipeline JOIN run USING (pipeline_id) WHERE run.id = $1 AND node <> $2
                AND EXISTS (SELECT 1 FROM session WHERE session.node = node_pipeline.node AND ended_at IS NULL)
            ORDER BY node LIMIT 1
            """, [.integer(run), .text(member.node)]
        ) { $0.text(0) }.first
    }

    func countOpenSessions() throws -> Int {
        try rows("SELECT count(*) FROM session WHERE ended_at IS NULL") { Int($0.integer(0)) }[0]
    }

    func scale(_ pipeline: String, on node: String, to workers: Int) throws -> Bool {
        tellsOthers = true
        return try change(
            """
            UPDATE node_pipeline SET wanted = $3 WHERE node = $1 AND pipeline_id = (SELECT id FROM pipeline WHERE name = $2)
                AND EXISTS (SELECT 1 FROM session WHERE session.node = $1 AND ended_at IS NULL)
            """, [.text(node), .text(pipeline), .integer(workers)]) == 1
    }

    func takeTurns(_ count: Int, each interval: Duration, pipeline: String, key: String?) throws -> Duration {
        let microseconds = max(1, interval.nanoseconds / 1_000)
        let now = ClockSample.now
        return try returning(
            """
            INSERT INTO turn (pipeline_id, key, next_us) VALUES ($1, $2, \(now) + $3)
            ON CONFLICT (pipeline_id, key) DO UPDATE SET next_us = greatest(turn.next_us, \(now)) + $3
            RETURNING greatest(0, next_us - $3 - \(now))
            """, [.integer(try pipelineID(of: pipeline)), .text(key ?? ""), .integer(microseconds * Int64(count))]
        ) { .microseconds($0.integer(0)) }[0]
    }

    func sourceProgress(of run: Run.ID, isLocal: Bool) throws -> SourceProgress? {
        takeOrder()
        touched.insert(run)
        if isLocal {
            write(
                "UPDATE run SET source_node = $2 WHERE id = $1 AND source_node IS NULL",
                [.integer(run), .text(member.node)])
        }
        let found = try rows(
            "SELECT source_cursor, source_exhausted, source_node FROM run WHERE id = $1", [.integer(run)]
        ) { row -> (progress: SourceProgress, node: String?) in
            (row.boolean(1) ? .exhausted : row.isNull(0) ? .start : .at(cursor: row.text(0)), row.optionalText(2))
        }.first
        guard let found else { throw StoreError.unknownRun(run) }
        return isLocal && found.node != member.node ? nil : found.progress
    }

    func keepHere(_ jobs: [Job.ID]) {
        write(
            "INSERT INTO job_node (job_id, node) SELECT *, $1 FROM unnest($2::bigint[])",
            [.text(member.node), .integers(jobs)])
    }
}
