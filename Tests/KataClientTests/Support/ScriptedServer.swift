import Foundation
import Glibc
import KataTestSupport
import Synchronization

/// A server on a Unix socket that does with each connection what a test says, on a thread of the connection's own.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (Peer) throws -> Void

    let socket: String
    private let directory: TemporaryDirectory
    private let listener: CInt
    private let scripts: [Script]
    private let peers = Mutex<[Peer]>([])

    /// - Parameter scripts: at least one; see ``Servers/start(_:)``.
    init(_ scripts: [Script]) throws {
        directory = try TemporaryDirectory()
        socket = directory.path("s")
        listener = try SocketFile.listening(at: socket)
        self.scripts = scripts
        Thread.detachNewThread { self.accept() }
    }

    /// How many connections there were.
    var connectionCount: Int { peers.withLock { $0.count } }

    /// Ends all that goes on.
    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        for peer in peers.withLock({ $0 }) { peer.hangUp() }
    }

    private func accept() {
        while case let connection = Glibc.accept(listener, nil, nil), connection >= 0 {
            let peer = Peer(connection)
            let number = peers.withLock { peers in
                peers.append(peer)
                return peers.count
            }
            Thread.detachNewThread { [script = scripts[min(number, scripts.count) - 1]] in
                // A client that goes away ends a script; the test looks at the client.
                try? script(peer)
                peer.finish()
            }
        }
        // Only now, so that nothing else has the same number while this thread uses it.
        close(listener)
    }
}
