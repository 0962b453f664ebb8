import Synchronization

/// The servers of a test, which stop when it ends.
final class Servers: Sendable {
    private let servers = Mutex<[ScriptedServer]>([])

    deinit {
        for server in servers.withLock({ $0 }) { server.stop() }
    }

    /// - Parameter scripts: one for each connection that comes; the last is for all that come after it, too. A
    ///   connection is closed when its script is done.
    func start(_ scripts: ScriptedServer.Script...) throws -> ScriptedServer {
        let server = try ScriptedServer(scripts)
        servers.withLock { $0.append(server) }
        return server
    }
}
