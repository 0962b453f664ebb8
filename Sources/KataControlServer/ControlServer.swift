import Hummingbird
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves the HTTP interface on the daemon's Unix socket until a graceful shutdown.
public struct ControlServer: Service {
    private let socket: ControlSocket
    private let service: any ControlService
    private let logger: Logger
    private let onReady: @Sendable () async -> Void

    /// - Parameters:
    ///   - socket: where to listen; it was prepared.
    ///   - onReady: called once requests are answered.
    public init(
        socket: ControlSocket, service: any ControlService, logger: Logger,
        onReady: @escaping @Sendable () async -> Void
    ) {
        self.socket = socket
        self.service = service
        self.logger = logger
        self.onReady = onReady
    }

    public func run() async throws {
        var serverLogger = logger
        // What the HTTP server says at its info level is of no use to somebody who runs a job daemon.
        serverLogger.logLevel = max(logger.logLevel, .warning)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let application = Application(
            router: ControlRoutes(service: service).router(),
            configuration: .init(address: .unixDomainSocket(path: socket.temporaryPath)),
            onServerRunning: { [socket, logger, onReady] _ in
                do {
                    try socket.publish()
                    logger.info("listening", metadata: ["socket": "\(socket.path)"])
                    await onReady()
                } catch {
                    logger.critical("cannot listen", metadata: ["error": "\(error)"])
                }
            },
            eventLoopGroupProvider: .shared(group),
            logger: serverLogger
        )
        defer { socket.remove() }
        try await application.run()
        try await group.shutdownGracefully()
    }
}
