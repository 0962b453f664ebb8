import Glibc
import Kata
import KataAPI
import KataCommand
import KataConfig
import KataSQLite
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
    /// Kept from one try to the next: what became of its last owner is told only once.
    private let lock = Mutex<DatabaseLock?>(nil)
    /// What the latest try failed with.
    private let outage = Mutex<StoreOutage?>(nil)
    private let patience: StorePatience
    private let clock = PreciseClock()

    init(
        configuration: DaemonConfiguration, mode: Pipeline.Mode, notifier: ServiceNotifier, status: ServiceStatus,
        logger: Logger
    ) {
        self.configuration = configuration
        self.mode = mode
        self.notifier = notifier
        self.status = status
        self.logger = logger
        patience = StorePatience(limit: configuration.storePatience)
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
                if !isServing && hasLock {
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

    private var hasLock: Bool { lock.withLock { $0 != nil } }

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
        do {
            let path = configuration.database
            // On a thread of its own, because each of these may wait for somebody else's lock.
            let (lock, store) = try await onThread(named: "kata-open") { [self] in
                let lock = try takeLock(of: path)
                // A migration of a large database takes a while.
                return (lock, try notifier.extendingTimeout { try openDatabase(path, lock) })
            }
            let recorder = Recorder(
                store: store, patience: patience, metrics: DaemonMetrics.factory, logger: logger
            ) { [status] in status.store($0) }
            do {
                let engine = try await Engine(
                    configuration: configuration, mode: mode, store: store, recorder: recorder,
                    metrics: DaemonMetrics.factory,
                    logger: logger)
                status.store(nil)
                return DaemonCore(lock: lock, store: store, recorder: recorder, engine: engine)
            } catch {
                await recorder.stop()
                // The first error says more, and the files are whole without it.
                try? store.close()
                throw error
            }
        } catch let error as FileError {
            throw StoreFailure(error.code, "\(error)") ?? error as any Error
        } catch let error as DatabaseLockError {
            guard case .cannotCreate(_, let code) = error else { throw error }
            throw StoreFailure(code, "\(error)") ?? error as any Error
        }
    }

    private func takeLock(of path: String) throws -> DatabaseLock {
        try lock.withLock { lock in
            if let lock {
                try lock.recheck()
                return lock
            }
            let taken = try DatabaseLock(databasePath: path)
            lock = taken
            return taken
        }
    }

    /// Opens the database, or makes it, for those whom the configuration lets read it.
    private func openDatabase(_ path: String, _ lock: DatabaseLock) throws -> SQLiteJobStore {
        let access = DatabaseAccess(group: configuration.databaseGroup)
        try access.create(path)
        // It may have been made just now.
        try lock.coverDatabase()
        let store = try SQLiteJobStore(path: path, afterCrash: lock.ownerDied)
        if let mode = try access.apply(to: path) {
            logger.notice(
                "the database's mode was changed: database_group says who may read it",
                metadata: ["database": "\(path)", "mode_before": "\(mode)"])
        }
        return store
    }

    private func makeServer() throws -> ControlServer {
        ControlServer(
            socket: try ControlSocket(
                path: configuration.socket, mode: configuration.socketMode, group: configuration.socketGroup),
            starting: StartingDaemon(version: KataCommand.version) { [self] in
                StatusDocument(
                    version: KataCommand.version, pid: Int(getpid()), state: .starting,
                    uptime: start.duration(to: clock.now), database: configuration.database,
                    store: .init(outage.withLock { $0 }), pipelines: [])
            } refusal: { [self] in
                outage.withLock { $0 }?.failure ?? StoreFailure(.failing, "the daemon has not started yet")
            },
            hosts: configuration.dashboard?.hosts ?? [],
            logger: logger)
    }
}

extension StoreFailure {
    /// What a system call on the store's files failed with; `nil` if waiting is of no use.
    fileprivate init?(_ code: Int32, _ description: String) {
        switch code {
        case ENOSPC, EDQUOT: self.init(.full, description)
        case EIO, EROFS, ENOMEM, EMFILE, ENFILE: self.init(.failing, description)
        default: return nil
        }
    }
}
