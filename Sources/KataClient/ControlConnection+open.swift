import Glibc
import NIOCore
import NIOPosix

extension ControlConnection {
    /// One thread is enough, and a client does not live long.
    static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    /// How long a client waits before it tries again where the daemon's queue has no room for a connection.
    private static let pause = Duration.milliseconds(10)

    /// Connects to a daemon.
    ///
    /// - Throws: ``ControlClientError``, and ``ConnectionFailure`` if the time is over.
    static func open(socket: String, until deadline: NIODeadline) async throws -> ControlConnection {
        guard !socket.isEmpty, !socket.utf8.contains(0) else {
            throw ControlClientError.notReachable(socket: socket, reason: "not a path")
        }
        do {
            return try await connect(to: SocketAddress(unixDomainSocketPath: socket), until: deadline)
        } catch SocketAddressError.unixDomainSocketPathTooLong {
            throw ControlClientError.pathTooLong(socket: socket)
        } catch let error as IOError {
            throw ControlClientError(opening: error, socket: socket)
        }
    }

    /// A call that blocks would wait for room in the daemon's queue. This one does not block, so it has to try again.
    private static func connect(
        to address: SocketAddress, until deadline: NIODeadline
    ) async throws -> ControlConnection {
        let bootstrap = ClientBootstrap(group: eventLoops).channelOption(.autoRead, value: false)
        while true {
            try Task.checkCancellation()
            do {
                return try await bootstrap.connect(to: address) { channel in
                    channel.eventLoop.makeCompletedFuture { try ControlConnection(channel) }
                }
            } catch let error as IOError where error.errnoCode == EAGAIN {
                if .now() > deadline { throw ConnectionFailure.timedOut(isAnswerBegun: false) }
                try await Task.sleep(for: pause)
            }
        }
    }
}
