import Kata

/// Which session has which job.
extension PostgresTransaction {
    /// Claims jobs that are ready and that nobody has.
    func claim(_ claim: JobClaim) throws -> [Job] {
        // What others claim, complete or cancel meanwhile is seen, or sees this.
        takeOrder()
        var builder = StatementBuilder()
        let query = Self.query(claim, by: member, &builder)
        return try returning(query, builder.values) { $0.readyJob }
    }

    func release(_ jobs: [Job.ID]) {
        tellsOthers = true
        write(
            "DELETE FROM claim WHERE job_id = ANY($1) AND session_id = $2",
            [.integers(jobs), .integer(member.session)])
    }

    /// Notes that another session's job is cancelled, which that one is to learn.
    func tellOwner(ofCancelled job: Job.ID) {
        tellsOthers = true
        write(
            """
            UPDATE claim SET cancelled_attempt = (SELECT attempt FROM job WHERE id = $1)
            WHERE job_id = $1 AND session_id <> $2
            """,
            [.integer(job), .integer(member.session)])
    }

    /// Gives up this session's claim of a job that is to be edited.
    ///
    /// - Throws: ``StoreError/begun(_:)`` if another session has the job.
    func releaseForEdit(_ job: Job.ID) throws {
        let owner = try rows("SELECT session_id FROM claim WHERE job_id = $1", [.integer(job)]) { $0.integer(0) }.first
        guard let owner else { return }
        if owner != member.session { throw StoreError.begun(job) }
        release([job])
    }

    private static func query(_ claim: JobClaim, by member: SessionMember, _ builder: inout StatementBuilder) -> String
    {
        let (run, priority) = (builder.add(.integer(claim.run)), builder.add(.integer(claim.priority)))
        let (session, node) = (builder.add(.integer(member.session)), builder.add(.text(member.node)))
        // As subqueries, which the server can't turn into joins: it knows nothing of a table whose rows come and go.
        let owner = "(SELECT session_id FROM claim WHERE claim.job_id = job.id)"
        let isMine = claim.takesOwn ? "coalesce(\(owner), 0) = \(session)" : "false"
        let isFree = claim.takesOwn ? "coalesce(\(owner), \(session)) = \(session)" : "\(owner) IS NULL"
        let place =
            claim.isLocal
            ? " AND EXISTS (SELECT 1 FROM run WHERE run.id = \(run) AND coalesce(source_node, \(node)) = \(node))" : ""
        var taken = ""
        var isWithin = ""
        var hasRoom = ""
        if let most = claim.concurrencyPerKey {
            let most = builder.add(.integer(most))
            taken = """
                taken AS MATERIALIZED (
                    SELECT job.limit_key, count(*) AS count FROM claim JOIN job ON job.id = claim.job_id
                    WHERE claim.run_id = \(run) AND job.limit_key IS NOT NULL GROUP BY job.limit_key
                ),
                """
            isWithin =
                " AND (\(isMine) OR limit_key IS NULL OR NOT EXISTS (SELECT 1 FROM taken "
                + "WHERE taken.limit_key = job.limit_key AND taken.count >= \(most)))"
            hasRoom =
                " AND (is_mine OR limit_key IS NULL OR place + coalesce((SELECT count FROM taken "
                + "WHERE taken.limit_key = sizes.limit_key), 0) <= \(most))"
        }
        // A priority that is said as a range has the server read along the index of pending jobs. The item that goes past the budget
        // is the last one.
        return """
            WITH \(taken) free AS MATERIALIZED (
                SELECT id, limit_key, octet_length(item) AS size, \(isMine) AS is_mine FROM job
                WHERE run_id = \(run) AND state = 0 AND priority BETWEEN \(priority) AND \(priority)
                    AND id > \(builder.add(.integer(claim.after))) AND id <= \(builder.add(.integer(claim.through)))\
            \(claim.keys.condition(&builder)) AND \(isFree)\(place)\(isWithin)
                    AND coalesce((SELECT node FROM job_node WHERE job_node.job_id = job.id), \(node)) = \(node)
                ORDER BY priority, id LIMIT \(builder.add(.integer(claim.limit)))
            ), sizes AS (
                SELECT id, limit_key, is_mine,
                    count(*) FILTER (WHERE NOT is_mine) OVER (PARTITION BY limit_key ORDER BY id) AS place,
                    coalesce(sum(size) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                FROM free
            ), claimed AS (
                INSERT INTO claim (job_id, session_id, run_id)
                SELECT id, \(session), \(run) FROM sizes WHERE before < \(StorePage.budget)\(hasRoom)
                ON CONFLICT (job_id) DO \(claim.takesOwn ? "UPDATE SET run_id = excluded.run_id WHERE claim.session_id = \(session)" : "NOTHING")
                RETURNING job_id
            )
            SELECT \(PostgresRow.readyJobColumns) FROM claimed JOIN job ON job.id = claimed.job_id ORDER BY job.id
            """
    }
}
