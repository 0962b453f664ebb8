import Glibc
import Kata
import KataConfig
import KataPostgres
import KataSQLite

extension SystemExit {
    /// The exit code that tells of an error; ``internal`` for errors that are not known here.
    public init(for error: any Error) {
        switch error {
        case is ConfigurationFaults: self = .configuration
        case let error as DatabaseLockError: self.init(error)
        case let error as SQLiteOpenError: self.init(error)
        case let error as PostgresOpenError: self.init(error)
        case let error as FileError:
            self.init(creating: !["write", "sync", "read", "verify"].contains(error.operation), code: error.code)
        case is ResultsNotFound, is UsageError: self = .usage
        case is StoreFailure, is RecorderFailure: self = .io
        case is ForeignSocket: self = .permission
        case is SystemShortage: self = .cannotCreate
        default: self = .internal
        }
    }

    private init(_ error: DatabaseLockError) {
        switch error {
        case .taken: self = .alreadyRunning
        case .cannotCreate(_, let code): self.init(creating: true, code: code)
        case .inTheWay: self = .cannotCreate
        }
    }

    private init(_ error: SQLiteOpenError) {
        switch error {
        case .missing, .notAFile, .notADatabase, .damaged, .foreign, .newer, .older, .severalNames, .foreignLog,
            .directoryWritableByOthers:
            self = .configuration
        case .permissionDenied, .foreignOwner, .writableByOthers: self = .permission
        case .inUse: self = .cannotCreate
        case .cannotOpen, .notDurable, .readOnlyFileSystem: self = .io
        }
    }

    private init(_ error: PostgresOpenError) {
        switch error {
        case .noLibrary, .badAddress, .missing, .newer, .unfit: self = .configuration
        case .permissionDenied: self = .permission
        case .taken: self = .alreadyRunning
        }
    }

    /// The exit code for a system call that failed.
    ///
    /// - Parameters:
    ///   - creating: whether something was to be created, rather than read or written.
    ///   - code: an `errno`.
    package init(creating: Bool, code: Int32) {
        switch code {
        case EACCES, EPERM: self = .permission
        // It may be so because the disk fails, and is over when somebody has seen to that.
        case EROFS: self = .io
        default: self = creating ? .cannotCreate : .io
        }
    }
}
