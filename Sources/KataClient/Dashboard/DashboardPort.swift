import Glibc
import KataAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The dashboard of a daemon on a port of this machine, for one browser.
public struct DashboardPort: Sendable {
    /// How long a connection may be silent. The streams of the dashboard are not.
    private static let silence = TimeAmount.minutes(2)
    /// How many connections there may be. A browser uses a few for each of its tabs.
    private static let connectionLimit = 128

    /// The address for the browser. It can be opened once.
    public let address: String
    private let channel: any Channel

    /// Listens on 127.0.0.1.
    ///
    /// - Parameters:
    ///   - socket: where the daemon listens.
    ///   - port: 0 means any that is free.
    /// - Throws: ``ControlClientError``, also if the daemon has no dashboard; ``DashboardPortError``.
    public static func open(socket: String, port: Int) async throws -> DashboardPort {
        try await ControlClient(socket: socket).checkDashboard()
        let daemon = try SocketAddress(unixDomainSocketPath: socket)
        let login = DashboardLogin()
        let connections = ConnectionCount(limit: connectionLimit)
        do {
            let channel = try await ServerBootstrap(group: ControlConnection.eventLoops)
                .serverChannelOption(.backlog, value: 64)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // A connection that can't be prepared is closed.
                        guard connections.enter(channel) else { throw ChannelError.operationUnsupported }
                        try prepare(channel, login, daemon)
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            return DashboardPort(address: login.address(at: channel.localAddress?.port ?? port), channel: channel)
        } catch let error as IOError {
            throw DashboardPortError(port: port, reason: String(cString: strerror(error.errnoCode)))
        }
    }

    /// Serves until the task is cancelled.
    public func serve() async {
        await withTaskCancellationHandler {
            // Closed is closed, whatever the system said of it.
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private static func prepare(_ channel: any Channel, _ login: DashboardLogin, _ daemon: SocketAddress) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(IdleStateHandler(allTimeout: silence))
        try pipeline.addHandler(IdleClose())
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        try pipeline.addHandler(
            DashboardGate(login, port: channel.localAddress?.port ?? 0) { browser in
                ClientBootstrap(group: browser.eventLoop)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(DashboardRelay(to: browser))
                        }
                    }
                    .connect(to: daemon)
            })
    }
}

/// Closes a connection that is silent for too long.
private final class IdleClose: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

/// Counts connections, so that nobody can use up what others need.
private final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: `false` if there are as many as there may be; the connection is to be closed then.
    func enter(_ channel: any Channel) -> Bool {
        let isTaken = count.withLock { count in
            if count >= limit { return false }
            count += 1
            return true
        }
        if isTaken { channel.closeFuture.whenComplete { [self] _ in count.withLock { $0 -= 1 } } }
        return isTaken
    }
}

extension ControlClient {
    /// - Throws: ``ControlClientError`` if there is no dashboard.
    fileprivate func checkDashboard() async throws {
        do {
            var answer = try await answer(to: .get("ui", "favicon.svg"), within: limits.prompt)
            _ = try await answer.rest(upTo: limits.documentSize)
            IdleConnections.shared.keep(answer.connection, to: socket)
        } catch ControlClientError.refused(let problem) where problem.status == 404 {
            throw ControlClientError.refused(
                ProblemDocument(
                    status: 404, title: "No dashboard",
                    detail: "this daemon has no dashboard; put 'ui: true' into its configuration, and start it again"))
        }
    }
}
