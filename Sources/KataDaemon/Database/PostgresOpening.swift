import Kata
import KataCommand
import KataConfig
import KataPostgres
import KataSQLite
import Logging
import Synchronization

/// Opens a PostgreSQL database, and begins a session there.
final class PostgresOpening: DatabaseOpening {
    private let address: PostgresAddress
    private let schema: String
    private let node: NodeConfiguration
    private let lockPath: String
    private let clock: OffsetWallClock
    private let logger: Logger
    /// Shows that no other daemon on this machine has the node's name. Kept from one try to the next.
    private let lock = Mutex<DatabaseLock?>(nil)
    private let namesake = NamesakeWait()

    /// - Parameters:
    ///   - directory: where the node's lock is.
    ///   - clock: is set to the server's time.
    init(
        address: PostgresAddress, schema: String, node: NodeConfiguration, directory: String, clock: OffsetWallClock,
        logger: Logger
    ) {
        self.clock = clock
        self.address = address
        self.schema = schema
        self.node = node
        lockPath = "\(directory)/\(node.name)"
        self.logger = logger
    }

    var isAlone: Bool { lock.withLock { $0 != nil } }

    func open() throws -> any DaemonDatabase {
        let lock = try takeLock()
        let store = try PostgresJobStore(
            address, schema: schema, node: NodeIdentity(name: node.name, version: KataCommand.version),
            lease: node.lease, isOwner: lock != nil, clock: clock, namesake: namesake)
        for warning in store.warnings { logger.warning("\(warning)", metadata: ["database": "\(address.shown)"]) }
        return PostgresDatabase(lock: lock, jobs: store)
    }

    /// - Returns: `nil` if there is no place for it; then a session of the same name is waited for.
    private func takeLock() throws -> DatabaseLock? {
        try lock.withLock { lock in
            if lock == nil {
                do {
                    lock = try DatabaseLock(databasePath: lockPath)
                } catch DatabaseLockError.taken(_, let owner) {
                    throw PostgresOpenError.taken(address.shown, node: node.name, process: owner)
                } catch {
                    logger.notice(
                        "there is no place for the node's lock, so after a crash its lease has to be waited for",
                        metadata: ["file": "\(lockPath).lock", "error": "\(error)"])
                }
            }
            return lock
        }
    }
}
