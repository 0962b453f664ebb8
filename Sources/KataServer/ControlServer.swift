import Glibc
public import Kata
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
    /// How often the server makes sure that clients still find it.
    private static let checkInterval = Duration.seconds(2)
    /// One thread is enough for control sockets. It is the servers' own: how many threads NIO's shared group has may be said only
    /// once in a process, and before its first use.
    static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private static let backlog: Int32 = 256

    /// Whether the thread gets on that reads and answers requests.
    package static var progress: ProgressCheck {
        .answering("event loop") { eventLoops.next().execute($0) }
    }

    private let socket: ControlSocket
    private let version: String
    private let responder: ControlResponder
    private let listener: HTTPListener
    private let logger: Logger
    private let clock: any MonotonicClock
    private let onReady: @Sendable () async -> Void

    /// - Parameters:
    ///   - socket: where to listen; it was prepared.
    ///   - hosts: names that requests may be made to, besides those of this machine.
    ///   - hasDashboard: whether there are pages for browsers.
    ///   - onReady: called once requests are answered.
    public convenience init(
        socket: ControlSocket, service: any ControlService, hosts: [String] = [], hasDashboard: Bool = false,
        logger: Logger, clock: any MonotonicClock = PreciseClock(), onReady: @escaping @Sendable () async -> Void
    ) {
        self.init(
            socket: socket, version: service.version,
            responder: ControlResponder(
                service: service, hosts: hosts, hasDashboard: hasDashboard, logger: logger),
            logger: logger, clock: clock, onReady: onReady)
    }

    /// A server of a daemon that has not started yet.
    ///
    /// - Parameters:
    ///   - socket: where to listen; it was prepared.
    ///   - hosts: names that requests may be made to, besides those of this machine.
    public convenience init(
        socket: ControlSocket, starting daemon: StartingDaemon, hosts: [String] = [], logger: Logger,
        clock: any MonotonicClock = PreciseClock()
    ) {
        self.init(
            socket: socket, version: daemon.version,
            responder: ControlResponder(starting: daemon, hosts: hosts, logger: logger),
            logger: logger, clock: clock, onReady: {})
    }

    private init(
        socket: ControlSocket, version: String, responder: ControlResponder, logger: Logger,
        clock: any MonotonicClock, onReady: @escaping @Sendable () async -> Void
    ) {
        listener = HTTPListener(limits: HTTPLimits(), logger: logger)
        self.socket = socket
        self.version = version
        self.responder = responder
        self.logger = logger
        self.clock = clock
        self.onReady = onReady
    }

    /// Serves until a graceful shutdown, and removes the socket then. A socket that somebody else removes is bound anew.
    ///
    /// - Throws: ``ControlSocketError``; what the system said of the socket.
    public func run() async throws {
        defer {
            socket.remove()
            listener.closeAll()
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let eventLoop = Self.eventLoops.next()
                eventLoop.execute { nameThread("kata-http") }
                group.addTask(executorPreference: EventLoopExecutor(eventLoop)) { try await self.serve(on: eventLoop) }
                group.addTask {
                    try await gracefulShutdown()
                    try await self.clock.sleep(for: Self.patience)
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
        let headers: HTTPHeaders = [VersionHeader.name: version]
        let first = try await listen(on: eventLoop)
        try await withThrowingDiscardingTaskGroup { group in
            var listener = first
            var isFirst = true
            repeat {
                try await accept(on: listener) {
                    logger.info("listening", metadata: ["socket": "\(socket.path)"])
                    if isFirst { await onReady() }
                    isFirst = false
                } each: { connection in
                    // What goes wrong with one connection is its own: it ends, and the others go on.
                    group.addTask { [responder] in await connection.serve(headers: headers, responder.respond) }
                }
                guard let next = try await listenAgain(on: eventLoop) else { return }
                listener = next
            } while true
        }
    }

    /// Accepts connections until a graceful shutdown, or until clients don't find the socket any more.
    private func accept(
        on listener: NIOAsyncChannel<HTTPConnection, Never>, ready: () async -> Void, each: (HTTPConnection) -> Void
    ) async throws {
        try await withGracefulShutdownHandler {
            try await listener.executeThenClose { connections in
                try socket.publish()
                await ready()
                async let _: Void = closeOnceLost(listener.channel)
                for try await connection in connections { each(connection) }
            }
        } onGracefulShutdown: { [socket] in
            // As long as it is open, nothing else can be taken for it.
            socket.remove()
            listener.channel.close(promise: nil)
        }
    }

    /// Closes the listening socket when its path is free, so that another one can be bound there.
    private func closeOnceLost(_ channel: any Channel) async throws {
        var told: ControlSocket.Place = .own
        while channel.isActive {
            try await clock.sleep(for: Self.checkInterval)
            let place = socket.place
            switch place {
            case .own: break
            case .free where channel.isActive:
                logger.warning("the socket was removed and is bound anew", metadata: ["socket": "\(socket.path)"])
                return channel.close(promise: nil)
            case .free: return
            case .taken(let error) where place != told:
                logger.error(
                    "the socket was removed and can't be bound anew", metadata: ["error": "\(error)"])
            case .taken: break
            }
            told = place
        }
    }

    /// Listens again, as soon as that can be done; `nil` in a shutdown, graceful or not.
    private func listenAgain(on eventLoop: any EventLoop) async throws -> NIOAsyncChannel<HTTPConnection, Never>? {
        var told: ControlSocketError?
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                return try await listen(on: eventLoop)
            } catch let error as ControlSocketError {
                if error != told { logger.error("the socket can't be bound anew", metadata: ["error": "\(error)"]) }
                told = error
            }
            await cancelWhenGracefulShutdown { [clock] in
                // The end of the sleep is looked at above, whatever it was.
                try? await clock.sleep(for: Self.checkInterval)
            }
        }
        return nil
    }

    private func listen(on eventLoop: any EventLoop) async throws -> NIOAsyncChannel<HTTPConnection, Never> {
        try await listener.listen(on: socket.bind(backlog: Self.backlog), eventLoop)
    }
}
