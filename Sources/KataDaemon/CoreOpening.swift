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
    private let daemon: Daemon
    private let socket: String
    private let start = PreciseClock().now
    /// Kept from one try to the next: what became of its last owner is told only once.
    private let lock = Mutex<DatabaseLock?>(nil)
    /// What the latest try failed with.
    private let outage = Mutex<StoreOutage?>(nil)
    private let patience: StorePatience
    private let clock = PreciseClock()
    /// For how long the service manager is asked to wait for the next sign; a try may wait for somebody else's lock.
    private static let extensionOfStart = Duration.seconds(30)

    init(of daemon: Daemon) {
        self.daemon = daemon
        socket = daemon.configuration.socket
        patience = StorePatience(limit: daemon.configuration.storePatience)
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
        daemon.logger.error(
            "the store can't be opened, and is tried again", metadata: ["error": "\(first)"])
        return try await withThrowingTaskGroup(of: Void.self) { group in
            // Without the lock the socket may be that of another daemon.
            if lock.withLock({ $0 != nil }) {
                group.addTask { [self] in try await makeServer().run() }
            }
            let core = try await tryAgain(unless: end)
            group.cancelAll()
            // It removes its socket. What may have gone wrong with it, the daemon's own server will find as well.
            while await group.nextResult() != nil {}
            return core
        }
    }

    private func tryAgain(unless end: Latch) async throws -> DaemonCore? {
        let deadline = start.advanced(by: patience.limit)
        while true {
            do {
                try await withCancellation(on: end) { [clock, patience] in try await clock.sleep(for: patience.interval)
                }
            } catch is CancellationError where !Task.isCancelled {
                return nil
            }
            do {
                let core = try await makeCore()
                let duration = start.duration(to: clock.now)
                daemon.logger.notice(
                    "the store can be used again", metadata: ["after_seconds": "\(duration.formattedSeconds)"])
                return core
            } catch let failure as StoreFailure where failure.mayPass && clock.now < deadline {
                note(failure)
            }
        }
    }

    private func note(_ failure: StoreFailure) {
        let new = outage.withLock { outage in
            let new = StoreOutage(failure: failure, since: outage?.since ?? .now(), waiting: 0)
            outage = new
            return new
        }
        daemon.status.store(new)
        daemon.notifier.extendTimeout(by: Self.extensionOfStart)
    }

    /// - Throws: ``StoreFailure`` where it may be had later; what kept the daemon from starting otherwise.
    private func makeCore() async throws -> DaemonCore {
        do {
            let path = daemon.configuration.database
            // On a thread of its own, because each of these may wait for somebody else's lock.
            let (lock, store) = try await onThread(named: "kata-open") { [self] in
                let lock = try takeLock(of: path)
                // A migration of a large database takes a while.
                return (lock, try daemon.notifier.extendingTimeout { try daemon.openDatabase(path, lock) })
            }
            daemon.status.store(nil)
            let recorder = daemon.makeRecorder(of: store)
            do {
                let engine = try await daemon.makeEngine(store, recorder)
                return DaemonCore(lock: lock, store: store, recorder: recorder, engine: engine)
            } catch {
                await recorder.stop()
                try? store.close()
                throw error
            }
        } catch let error as FileError {
            throw StoreFailure(error.code, "\(error)") ?? error as any Error
        } catch DatabaseLockError.cannotCreate(let path, let code) {
            let error = DatabaseLockError.cannotCreate(path: path, code: code)
            throw StoreFailure(code, "\(error)") ?? error as any Error
        }
    }

    private func takeLock(of path: String) throws -> DatabaseLock {
        try lock.withLock { lock in
            let taken = try lock ?? DatabaseLock(databasePath: path)
            lock = taken
            return taken
        }
    }

    private func makeServer() throws -> ControlServer {
        ControlServer(
            socket: try ControlSocket(path: socket, mode: daemon.configuration.socketMode),
            starting: StartingDaemon(version: KataCommand.version) { [self] in
                StatusDocument(
                    version: KataCommand.version, pid: Int(getpid()), state: .starting,
                    uptime: start.duration(to: clock.now), database: daemon.configuration.database,
                    store: .init(outage.withLock { $0 }), pipelines: [])
            } refusal: { [self] in
                outage.withLock { $0 }?.failure ?? StoreFailure(.failing, "the daemon has not started yet")
            },
            logger: daemon.logger)
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
