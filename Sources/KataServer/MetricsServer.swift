import Kata
import KataAPI
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle

/// Answers requests for metrics and health on an address of this machine, for those who have no way to the control socket. Nothing
/// else is answered there: whoever is on the machine may ask.
public final class MetricsServer: Service {
    private let socket: MetricsSocket
    private let responder: ControlResponder
    private let listener: HTTPListener
    private let headers: HTTPHeaders
    private let logger: Logger

    /// - Parameter socket: the server owns it from here on.
    public init(socket: MetricsSocket, service: any ControlService, logger: Logger) {
        self.socket = socket
        self.logger = logger
        headers = [VersionHeader.name: service.version]
        responder = ControlResponder(watching: service, logger: logger)
        var limits = HTTPLimits()
        limits.connections = 64
        limits.body = 0
        listener = HTTPListener(limits: limits, logger: logger)
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: what the system said of the socket.
    public func run() async throws {
        let eventLoop = ControlServer.eventLoops.next()
        defer { listener.closeAll() }
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            let channel = try await listener.listen(on: socket.descriptor, eventLoop)
            logger.info("offering metrics", metadata: ["address": "\(socket.place)"])
            try await withGracefulShutdownHandler {
                try await channel.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            // What goes wrong with one connection is its own: it ends, and the others go on.
                            group.addTask { await connection.serve(headers: self.headers, self.responder.respond) }
                        }
                    }
                }
            } onGracefulShutdown: {
                channel.channel.close(promise: nil)
            }
        }
    }
}
