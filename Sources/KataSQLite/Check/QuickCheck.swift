import CLinux
import GRDB
import Kata
import Synchronization

/// Looks whether the pages of a database are what they should be, table by table, while a daemon works with it.
///
/// Each table is read in a state of its own, which keeps the write-ahead log from being reset meanwhile. Whether indices fit
/// their tables is not looked at, which would take many times as long.
public final class QuickCheck: Sendable {
    private struct Progress {
        var isStopped = false
        /// When the look began that is going on.
        var began: MonotonicInstant?
    }

    private let connection: DatabaseQueue
    private let path: String
    private let reads: ReadsInProgress
    private let clock: any MonotonicClock
    private let progress = Mutex(Progress())

    /// Opens the database for reading only.
    ///
    /// - Parameter reads: those of this process, to which those of the check are added.
    /// - Throws: ``StoreFailure``.
    public convenience init(path: String, reads: ReadsInProgress) throws {
        try self.init(path: path, reads: reads, clock: PreciseClock())
    }

    init(path: String, reads: ReadsInProgress, clock: any MonotonicClock) throws {
        self.path = path
        self.reads = reads
        self.clock = clock
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            connection = try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    /// The tables that there are, that of the tables first.
    ///
    /// - Throws: ``StoreFailure``.
    public func tables() throws -> [String] {
        do {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            return ["sqlite_schema"] + (try connection.read { try String.fetchAll($0, sql: sql) })
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    /// What is wrong with the pages of a table and its indices; `nil` if the look was cut short.
    ///
    /// Blocks, the longer the larger the table is.
    ///
    /// - Throws: ``StoreFailure`` if it could not be read for another reason than that it is damaged.
    public func faults(in table: String) throws -> [String]? {
        do {
            return try reads.with("the check after an unclean end") {
                try connection.read { try look(at: table, in: $0) }
            }
        } catch let error as DatabaseError where error.isInterruptionError {
            return nil
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            return [error.message ?? "\(error.resultCode)"]
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    /// Cuts short the look that is going on, and all that follow. From any thread.
    public func stop() {
        progress.withLock { progress in
            progress.isStopped = true
            connection.interrupt()
        }
    }

    /// Cuts short the look that is going on if it has taken so long. From any thread.
    public func skip(after limit: Duration) {
        progress.withLock { progress in
            guard let began = progress.began, began.duration(to: clock.now) > limit else { return }
            connection.interrupt()
        }
    }

    /// Has the calling thread work only when nothing else wants to.
    public static func yieldToOthers() {
        clinux_yield_to_others()
    }

    private func look(at table: String, in database: Database) throws -> [String]? {
        // SQLite forgets an interruption that comes while no statement is under way. As long as this one is, none is lost.
        let open = try Row.fetchCursor(database, sql: "SELECT name FROM sqlite_schema")
        _ = try open.next()
        defer { withExtendedLifetime(open) {} }
        let isStopped = progress.withLock { progress in
            progress.began = clock.now
            return progress.isStopped
        }
        defer { progress.withLock { $0.began = nil } }
        if isStopped { return nil }
        let answer = try String.fetchAll(database, sql: "PRAGMA quick_check(\(table.quotedDatabaseIdentifier))")
        return answer == ["ok"] ? [] : Array(answer.prefix(DatabaseReport.faultLimit))
    }
}
