import Kata

/// What shows a daemon's right to write. Its row is a fence, a lease and a receipt: each transaction begins with a change of it, which
/// fails if somebody else has ended the session, puts off the time after which somebody may, and numbers the transaction.
struct Session {
    let id: Int64
    /// The number of the last transaction that is known to be committed.
    var sequence: Int64 = 0
    /// How often it was found out what became of a transaction.
    var turn: Int64 = 0

    /// The statement at the head of a transaction with that number, which also tells the server what the transaction needs.
    ///
    /// It fails unless the turn is this one: what was sent before a connection was lost, and is carried out only after somebody has
    /// looked what became of it, would count twice.
    func fence(_ lease: Duration, _ settings: PostgresSettings) -> PostgresStatement {
        PostgresStatement(
            """
            WITH fence AS (
                UPDATE \(settings.quotedSchema).session SET sequence = sequence + 1, seen_at = clock_timestamp(),
                    contact_since = CASE WHEN clock_timestamp() - seen_at > $5::bigint * interval '0.5 millisecond'
                        THEN clock_timestamp() ELSE contact_since END,
                    expires_at = greatest(expires_at, clock_timestamp() + $5::bigint * interval '1 millisecond')
                WHERE id = $3 AND sequence = $4 AND turn = $6 AND ended_at IS NULL RETURNING id
            )
            SELECT 1 / (SELECT count(*) FROM fence), \(PostgresSettings.writing)
            """,
            settings.writingValues(for: lease) + [
                .integer(id), .integer(sequence), .integer(lease.milliseconds), .integer(turn),
            ])
    }
}

/// Beginning and end of sessions.
extension Session {
    /// Waits for the transactions of others that are made one after the other.
    static let order = "SELECT pg_advisory_xact_lock(hashtextextended('kata order ' || current_schema(), 0))"

    /// What was found of the sessions before.
    struct Beginning {
        let session: Session
        /// Whether the last daemon of the node broke off.
        let afterCrash: Bool
        /// Whether no other node works with the database.
        let isAlone: Bool
    }

    /// Opens a session, beside those of other nodes. What a daemon of this node had before that has ended is taken over.
    ///
    /// - Parameters:
    ///   - isOwner: whether no other daemon of this name can be running, so that an open session of it is a leftover.
    /// - Throws: ``PostgresOpenError/taken(_:node:process:)`` if a daemon works alone with the database; ``StoreFailure`` if a session of
    ///   this name may be over soon; ``PostgresError``.
    static func begin(
        _ node: NodeIdentity, lease: Duration, isOwner: Bool, namesake: NamesakeWait = NamesakeWait(),
        on connection: PostgresConnection
    ) throws -> Beginning {
        do {
            try connection.send([
                PostgresStatement("BEGIN READ WRITE"), connection.settings.searchPath,
                // Who is stopped here is not to hold up the daemons that work.
                PostgresStatement(
                    "SELECT set_config('lock_timeout', '10s', true), "
                        + "set_config('idle_in_transaction_session_timeout', '10s', true)"),
                // One after the other.
                PostgresStatement(
                    "SELECT pg_advisory_xact_lock(hashtextextended('kata session ' || current_schema(), 0))"),
            ])
            let open = try connection.send([
                PostgresStatement(
                    """
                    SELECT id, node, expires_at > clock_timestamp(),
                        (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint, boot, process, claims, sequence
                    FROM session WHERE ended_at IS NULL ORDER BY id
                    """)
            ])[0].rows { row in
                OpenSession(
                    id: row.integer(0), node: row.text(1), isAlive: row.boolean(2),
                    left: .milliseconds(row.integer(3)),
                    isGone: isOwner && row.text(1) == node.name
                        && node.isGone(boot: row.text(4), process: row.integer(5)),
                    claims: row.boolean(6), sequence: row.integer(7))
            }
            let address = connection.settings.address
            for other in open where other.isAlive && !other.isGone {
                if other.node == node.name {
                    if namesake.sees(other.id, sequence: other.sequence) {
                        throw PostgresOpenError.taken(address.shown, node: node.name)
                    }
                    throw StoreFailure(
                        .locked,
                        "another katad of the node '\(node.name)' works with the database '\(address.shown)', or has ended "
                            + "without saying so; it can be taken over in \(other.left.formattedSeconds) s")
                }
                if !other.claims { throw PostgresOpenError.taken(address.shown, node: other.node) }
            }
            let over = open.filter { $0.node == node.name || !$0.claims }.map(\.id)
            let results = try connection.send(
                [
                    // Without a session there may be jobs that were moved here, of a daemon that broke off.
                    PostgresStatement(
                        """
                        SELECT coalesce((SELECT NOT is_clean FROM session WHERE node = $1 ORDER BY id DESC LIMIT 1),
                            EXISTS (SELECT 1 FROM run WHERE session_open))
                        """, [.text(node.name)]),
                    PostgresStatement(
                        """
                        INSERT INTO session (node, boot, process, version, expires_at, claims)
                        VALUES ($1, $2, $3, $4, clock_timestamp() + $5::bigint * interval '1 millisecond', true) RETURNING id
                        """,
                        [
                            .text(node.name), .text(node.boot), .integer(node.process), .text(node.version),
                            .integer(lease.milliseconds),
                        ]),
                    // What was asked of the daemon before.
                    PostgresStatement("UPDATE node_pipeline SET wanted = NULL WHERE node = $1", [.text(node.name)]),
                ] + takeover(of: over) + [PostgresStatement("COMMIT")])
            return Beginning(
                session: Session(id: results[1].rows { $0.integer(0) }[0]),
                afterCrash: results[0].rows { $0.boolean(0) }.first ?? false,
                isAlone: open.allSatisfy { over.contains($0.id) })
        } catch {
            if !connection.isLost { _ = try? connection.send([PostgresStatement("ROLLBACK")]) }
            throw error
        }
    }

    /// A session that is not ended.
    private struct OpenSession {
        let id: Int64
        let node: String
        /// Whether its lease is not over.
        let isAlive: Bool
        let left: Duration
        /// Whether it is known that its daemon is there no more.
        let isGone: Bool
        let claims: Bool
        let sequence: Int64
    }

    /// Ends sessions of others, and gives up what they had. Jobs that were in hand for a while were interrupted. Of the others nobody knows
    /// whether they were in hand: these count as interrupted once, unless that would be too often.
    static func takeover(of sessions: [Int64]) -> [PostgresStatement] {
        if sessions.isEmpty { return [] }
        return [
            PostgresStatement(order),
            PostgresStatement(
                "UPDATE session SET ended_at = clock_timestamp() WHERE id = ANY($1) AND ended_at IS NULL",
                [.integers(sessions)]),
            PostgresStatement(
                """
                WITH freed AS (DELETE FROM claim WHERE session_id = ANY($1) RETURNING job_id)
                UPDATE job SET started_at = NULL,
                    interruptions = greatest(interruptions + (started_at IS NOT NULL)::integer, least(1, (
                        SELECT min(node_pipeline.interruptions) - 1 FROM node_pipeline JOIN run USING (pipeline_id)
                        WHERE run.id = job.run_id)))
                FROM freed WHERE job.id = freed.job_id AND job.state + 0 = 0
                """, [.integers(sessions)]),
            // Nobody asks for old ones.
            PostgresStatement("DELETE FROM session WHERE ended_at < clock_timestamp() - interval '1 day'"),
        ]
    }

    /// Ends the session, so that nobody has to wait for the end of its lease.
    ///
    /// - Throws: ``PostgresError``.
    func end(on connection: PostgresConnection) throws {
        try connection.send([
            PostgresStatement("BEGIN READ WRITE"), connection.settings.searchPath,
            PostgresStatement(
                "UPDATE session SET ended_at = clock_timestamp(), is_clean = true WHERE id = $1 AND ended_at IS NULL",
                [.integer(id)]),
            PostgresStatement("DELETE FROM claim WHERE session_id = $1", [.integer(id)]),
            PostgresStatement("COMMIT"),
        ])
    }

    /// Finds out whether the transaction after ``sequence`` was committed, and makes sure that it never will be if it was not. May be
    /// repeated, with the same outcome, where the answer is lost.
    ///
    /// - Returns: `nil` if somebody else has ended the session.
    /// - Throws: ``PostgresError``.
    func settle(on connection: PostgresConnection) throws -> (session: Session, isCommitted: Bool)? {
        // Waits for the row if the server is still at it.
        let results = try connection.send([
            PostgresStatement("BEGIN READ WRITE"), connection.settings.searchPath,
            PostgresStatement(
                """
                UPDATE session SET turn = greatest(turn, $2) WHERE id = $1
                RETURNING sequence, turn, ended_at IS NOT NULL
                """, [.integer(id), .integer(turn + 1)]),
            PostgresStatement("COMMIT"),
        ])
        let row = results[2].rows { (sequence: $0.integer(0), turn: $0.integer(1), isOver: $0.boolean(2)) }.first
        guard let row else { return nil }
        let isCommitted = row.sequence == sequence + 1
        if row.isOver && !isCommitted { return nil }
        var session = self
        (session.sequence, session.turn) = (row.sequence, row.turn)
        return (session, isCommitted)
    }
}
