import Glibc
import Kata
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
    /// Enough descriptors for all connections, and for the processes of as many jobs.
    private static let descriptors = 4_096

    private let socket: ControlSocket
    private let service: any ControlService
    private let limits = HTTPLimits()
    private let budget: BodyBudget
    private let connections: ConnectionLimit
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
        FileDescriptorLimit.raise(to: Self.descriptors)
        budget = BodyBudget(bytes: limits.bodies)
        connections = ConnectionLimit(
            FileDescriptorLimit.connections(wanted: limits.connections), reserve: limits.reservedConnections)
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
            // One connection is not read on and on while others wait, and holds little that was not asked for.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: limits.read)
            )
            .bind(unixDomainSocketPath: socket.temporaryPath) { channel in self.connection(on: channel) }
    }

    private func connection(on channel: any Channel) -> EventLoopFuture<HTTPConnection> {
        if connections.enter(isOwner: false) {
            return channel.eventLoop.makeCompletedFuture { try self.admit(channel) }
        }
        return PeerUser.isOwner(of: channel).flatMapThrowing { isOwner in
            // Where there is room by now, that is as well.
            if self.connections.enter(isOwner: isOwner) { return try self.admit(channel) }
            return try HTTPConnection(refusing: channel, logger: self.logger)
        }
    }

    private func admit(_ channel: any Channel) throws -> HTTPConnection {
        channel.closeFuture.whenComplete { [connections] _ in connections.leave() }
        return try HTTPConnection(channel, limits: limits, budget: budget, logger: logger)
    }
}
