import Glibc
import Kata
import KataAPI
import KataCommand
import KataConfig
import KataServer
import Logging
import Synchronization

/// Opens what a daemon works with. A store that can't be had now is tried again for as long as `store_patience` says, and
/// clients are told so meanwhile.
final class CoreOpening: Sendable {
    private let configuration: DaemonConfiguration
    private let mode: Pipeline.Mode
    private let notifier: ServiceNotifier
    private let status: ServiceStatus
    private let logger: Logger
    private let start = PreciseClock().now
    private let opening: any DatabaseOpening
    /// What the latest try failed with.
    private let outage = Mutex<StoreOutage?>(nil)
    private let patience: StorePatience
    private let clock = PreciseClock()

    init(
        configuration: DaemonConfiguration, mode: Pipeline.Mode, notifier: ServiceNotifier, status: ServiceStatus,
        clock storeClock: OffsetWallClock, logger: Logger
    ) {
        self.configuration = configuration
        self.mode = mode
        self.notifier = notifier
        self.status = status
        self.logger = logger
        patience = StorePatience(limit: configuration.storePatience)
        opening =
            switch configuration.database {
            case .file(let path): SQLiteOpening(path: path, group: configuration.databaseGroup, logger: logger)
            case .postgres(let address, let schema):
                PostgresOpening(
                    address: address, schema: schema, node: configuration.node,
                    directory: directoryPath(of: DefaultPaths().database), clock: storeClock, logger: logger)
            }
    }

    /// - Parameter end: opens when the daemon is asked to end: a store that can't be had is not waited for then.
    /// - Returns: `nil` if the daemon is to end.
    /// - Throws: what kept the daemon from starting.
    func open(unless end: Latch) async throws -> DaemonCore? {
        do {
            return try await makeCore()
        } catch let failure as StoreFailure where failure.mayPass {
            return try await wait(after: failure, unless: end)
        }
    }

    private func wait(after first: StoreFailure, unless end: Latch) async throws -> DaemonCore? {
        note(first)
        logger.error("the store can't be opened, and is tried again", metadata: ["error": "\(first)"])
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [notifier] in try await notifier.extendTimeoutUntilCancelled() }
            var isServing = false
            while true {
                // Without the lock the socket may be that of another daemon.
                if !isServing && opening.isAlone {
                    let server = try makeServer()
                    group.addTask { try await server.run() }
                    isServing = true
                }
                let outcome = try await tryOnceMore(unless: end)
                if case .failed = outcome { continue }
                group.cancelAll()
                // The server removes its socket.
                while await group.nextResult() != nil {}
                if case .opened(let core) = outcome { return core }
                return nil
            }
        }
    }

    /// What became of a try.
    private enum Outcome {
        case opened(DaemonCore)
        case failed
        case endAsked
    }

    private func tryOnceMore(unless end: Latch) async throws -> Outcome {
        do {
            try await withCancellation(on: end) { [clock, patience] in try await clock.sleep(for: patience.interval) }
        } catch is CancellationError where !Task.isCancelled {
            return .endAsked
        }
        do {
            let core = try await makeCore()
            let duration = start.duration(to: clock.now)
            logger.notice("the store can be used again", metadata: ["after_seconds": "\(duration.formattedSeconds)"])
            return .opened(core)
        } catch let failure as StoreFailure where failure.mayPass && start.duration(to: clock.now) < patience.limit {
            note(failure)
            return .failed
        }
    }

    private func note(_ failure: StoreFailure) {
        let new = outage.withLock { outage in
            let new = StoreOutage(failure: failure, since: outage?.since ?? .now(), waiting: 0)
            outage = new
            return new
        }
        status.store(new)
    }

    /// - Throws: ``StoreFailure`` where it may be had later; what kept the daemon from starting otherwise.
    private func makeCore() async throws -> DaemonCore {
        // On a thread of its own, because it may wait for somebody else's lock. A migration of a large database takes a while.
        let database = try await onThread(named: "kata-open") { [notifier, opening] in
            try notifier.extendingTimeout { try opening.open() }
        }
        let runtime = Runtime(wallClock: database.wallClock)
        let recorder = Recorder(
            store: database.store, patience: patience, runtime: runtime, metrics: DaemonMetrics.factory, logger: logger
        ) { [status] in status.store($0) }
        do {
            let engine = try await Engine(
                configuration: configuration, mode: mode, store: database.store, recorder: recorder,
                runtime: runtime, metrics: DaemonMetrics.factory,
                logger: logger)
            status.store(nil)
            return DaemonCore(database: database, recorder: recorder, engine: engine)
        } catch {
            await recorder.stop()
            // The first error says more, and the files are whole without it.
            try? database.close()
            throw error
        }
    }

    private func makeServer() throws -> ControlServer {
        ControlServer(
            socket: try ControlSocket(
                path: configuration.socket, mode: configuration.socketMode, group: configuration.socketGroup),
            starting: StartingDaemon(version: KataCommand.version) { [self] in
                StatusDocument(
                    version: KataCommand.version, pid: Int(getpid()), state: .starting,
                    uptime: start.duration(to: clock.now), database: configuration.database.shown,
                    store: .init(outage.withLock { $0 }), pipelines: [])
            } refusal: { [self] in
                outage.withLock { $0 }?.failure ?? StoreFailure(.failing, "the daemon has not started yet")
            },
            hosts: configuration.dashboard?.hosts ?? [],
            logger: logger)
    }
}
