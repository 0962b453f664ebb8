import Glibc
import KataAPI
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle

/// Serves the HTTP interface on the daemon's Unix socket until a graceful shutdown.
public final class ControlServer: Service {
    /// How long a shutdown waits for clients that still read.
    private static let patience = Duration.seconds(2)

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
        // One thread is enough for a control socket. Only the first setting counts, and only before the first use.
        NIOSingletons.groupLoopCountSuggestion = 1
        self.socket = socket
        self.service = service
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until a graceful shutdown, and removes the socket then.
    ///
    /// - Throws: ``ControlSocketError``; what the system said of the socket.
    public func run() async throws {
        defer { socket.remove() }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
                group.addTask(executorPreference: EventLoopExecutor(eventLoop)) { try await self.serve(on: eventLoop) }
                group.addTask {
                    try await gracefulShutdown()
                    try await Task.sleep(for: Self.patience)
                }
                // The server has ended, or there is a client that does not end.
                try await group.next()
                group.cancelAll()
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func serve(on eventLoop: any EventLoop) async throws {
        let listener = try await listen(on: eventLoop)
        let responder = ControlResponder(service: service, logger: logger)
        let headers: HTTPHeaders = [VersionHeader.name: service.version]
        try await withGracefulShutdownHandler {
            try await listener.executeThenClose { connections in
                try socket.publish()
                logger.info("listening", metadata: ["socket": "\(socket.path)"])
                await onReady()
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        // What goes wrong with one connection is its own: it ends, and the others go on.
                        group.addTask { await connection.serve(headers: headers, responder.respond) }
                    }
                }
            }
        } onGracefulShutdown: {
            listener.channel.close(promise: nil)
        }
    }

    private func listen(on eventLoop: any EventLoop) async throws -> NIOAsyncChannel<HTTPConnection, Never> {
        // So that the socket is private from its first moment. Nothing else is created meanwhile: the pipelines wait for it.
        let mask = umask(0o177)
        defer { umask(mask) }
        return try await ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelInitializer { [logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(unixDomainSocketPath: socket.temporaryPath) { [logger] channel in
                channel.eventLoop.makeCompletedFuture { try HTTPConnection(channel, logger: logger) }
            }
    }
}
