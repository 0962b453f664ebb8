/// What the server, or the way to it, failed with.
struct PostgresError: Error, Hashable, CustomStringConvertible {
    /// The five characters by which SQL tells errors apart; empty where there is no connection.
    let state: String
    let message: String
    /// Whether the connection is of no use any more.
    let isConnectionLost: Bool

    var description: String { message }

    /// Whether it comes of what others did at the same time, so that the same transaction may succeed now.
    var isConflict: Bool { ["40001", "40P01", "23505"].contains(state) }

    /// What the statement at the head of each group fails with if its session was ended by somebody else: it divides by the number of
    /// open sessions with that id.
    var isFenced: Bool { state == "22012" }
}
