import Synchronization

/// Keeps connections for the next request, at most one to each socket.
///
/// They belong to the process and not to a client, because a command makes a client for each of its requests.
final class IdleConnections: Sendable {
    static let shared = IdleConnections()

    private let connections = Mutex<[String: ControlConnection]>([:])

    /// - Returns: a connection that nobody else uses, if there is one that the daemon has not closed.
    func take(to socket: String) -> ControlConnection? {
        guard let connection = connections.withLock({ $0.removeValue(forKey: socket) }) else { return nil }
        return connection.isOpen ? connection : nil
    }

    /// Keeps a connection whose last answer is complete, unless it is closed, in place of the one that was kept before.
    func keep(_ connection: ControlConnection, to socket: String) {
        guard connection.isOpen else { return }
        // The connection before is closed with its last reference, which needs no lock.
        _ = connections.withLock { $0.updateValue(connection, forKey: socket) }
    }
}
