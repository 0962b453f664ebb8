import Kata

/// What the server's clock showed, and this machine's before and after that. In microseconds since 1970.
struct ClockSample: Sendable {
    let server: Int64
    let before: Int64
    let after: Int64

    /// The server's clock in a statement.
    static let now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

    /// Asks the server.
    ///
    /// - Throws: ``PostgresError``.
    init(on connection: PostgresConnection) throws {
        let before = Self.system
        let server = try connection.send([
            PostgresStatement("SELECT \(Self.now)")
        ])[0].rows { $0.integer(0) }[0]
        self.init(server: server, before: before, after: Self.system)
    }

    init(server: Int64, before: Int64, after: Int64) {
        (self.server, self.before, self.after) = (server, before, after)
    }

    static var system: Int64 { SystemWallClock().nowInMicroseconds() }

    /// How far the server's clock is ahead, give or take half the time that the answer took.
    var offset: Duration { .microseconds(server - (before + after) / 2) }

    /// How far wrong that may be.
    var error: Duration { .microseconds((after - before + 1) / 2) }
}
