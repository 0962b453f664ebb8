import Kata

/// What a connection needs to know.
struct PostgresSettings: Hashable, Sendable {
    let address: PostgresAddress
    /// The schema in which Kata's tables are.
    var schema = "kata"
    /// How long it may take until there is a connection.
    var connectTimeout = Duration.seconds(5)
    /// For how long nothing may be heard of the server while it has something to do. One that is gone without a word would be waited
    /// for without end.
    var answerTimeout = Duration.seconds(30)

    /// The schema's name as it stands in a statement.
    var quotedSchema: String {
        "\"" + schema.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Has a transaction find Kata's tables. It is said in each one: behind a pool of connections the next one may be on another
    /// connection.
    var searchPath: PostgresStatement {
        PostgresStatement(
            "SELECT set_config('search_path', $1, true), set_config('jit', 'off', true)",
            [.text("\(quotedSchema), pg_catalog")])
    }

    /// What a transaction that writes is to be told besides, as expressions for a `SELECT`, whose parameters `$1` and `$2` are
    /// ``writingValues(for:)``.
    ///
    /// Each statement of such a transaction finds its rows by an index. Where the server has not counted the rows of a table yet, it
    /// would rather read all of them. A transaction that is left open, by a machine that sleeps or is gone, ends by itself: the server
    /// looks whether its client is there.
    static let writing = """
        set_config('search_path', $1, true), set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
        set_config('idle_in_transaction_session_timeout', $2, true), set_config('tcp_keepalives_idle', '10', true),
        set_config('tcp_keepalives_interval', '5', true), set_config('tcp_keepalives_count', '3', true),
        set_config('tcp_user_timeout', '20000', true)
        """

    func writingValues(for lease: Duration) -> [PostgresValue] {
        // The others wait for it meanwhile, and must not lose their leases by that.
        [.text("\(quotedSchema), pg_catalog"), .text("\(max(500, lease.milliseconds / 4))ms")]
    }
}
