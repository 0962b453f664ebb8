import Kata
import Logging
import NIOCore
import NIOPosix

/// Makes connections that speak HTTP of what is accepted on a socket, within the limits of a server.
struct HTTPListener: Sendable {
    private let limits: HTTPLimits
    private let budget: BodyBudget
    private let connections: ConnectionLimit
    private let open = OpenChannels()
    private let logger: Logger

    init(limits: HTTPLimits, logger: Logger) {
        self.limits = limits
        self.logger = logger
        budget = BodyBudget(bytes: limits.bodies)
        connections = ConnectionLimit(
            FileDescriptorLimit.connections(wanted: limits.connections), reserve: limits.reservedConnections)
    }

    /// - Parameter socket: a descriptor that listens, which belongs to the channel from here on.
    func listen(on socket: Int32, _ eventLoop: any EventLoop) async throws -> NIOAsyncChannel<HTTPConnection, Never> {
        try await ServerBootstrap(group: eventLoop)
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
            .bind(socket) { channel in self.connection(on: channel) }
    }

    /// Closes the connections that are left.
    func closeAll() {
        open.closeAll()
    }

    private func connection(on channel: any Channel) -> EventLoopFuture<HTTPConnection> {
        Peer.of(channel).flatMapThrowing { peer in
            if self.connections.enter(isOwner: peer.isOwner) { return try self.admit(channel, peer) }
            return try HTTPConnection(refusing: channel, logger: self.logger)
        }
    }

    private func admit(_ channel: any Channel, _ peer: Peer) throws -> HTTPConnection {
        channel.closeFuture.whenComplete { [connections] _ in connections.leave() }
        open.insert(channel)
        return try HTTPConnection(channel, from: peer, limits: limits, budget: budget, logger: logger)
    }
}
