import Glibc
import Kata
import KataConfig
import KataControl
import KataSQLite

extension SystemExit {
    /// The exit code that tells of an error.
    public init(for error: any Error) {
        switch error {
        case is ConfigurationFaults: self = .configuration
        case let error as DatabaseLockError: self.init(error)
        case let error as SQLiteOpenError: self.init(error)
        case let error as ControlSocketError: self.init(error)
        case let error as ControlClientError: self.init(error)
        case let error as FileError:
            self.init(creating: error.operation != "write" && error.operation != "sync", code: error.code)
        case is ResultPages.NotFound: self = .usage
        case is RecorderFailure: self = .io
        default: self = .internal
        }
    }

    private init(_ error: DatabaseLockError) {
        switch error {
        case .taken: self = .alreadyRunning
        case .cannotCreate(_, let code): self.init(creating: true, code: code)
        }
    }

    private init(_ error: SQLiteOpenError) {
        switch error {
        case .missing, .notAFile, .notADatabase, .foreign, .newer, .older: self = .configuration
        case .permissionDenied: self = .permission
        case .cannotOpen, .notDurable: self = .io
        }
    }

    private init(_ error: ControlSocketError) {
        switch error {
        case .tooLong: self = .configuration
        case .cannotCreate(_, let code): self.init(creating: true, code: code)
        case .unsafeDirectory: self = .permission
        case .inTheWay: self = .cannotCreate
        case .inUse: self = .alreadyRunning
        }
    }

    private init(_ error: ControlClientError) {
        switch error {
        case .notReachable: self = .unavailable
        case .permissionDenied: self = .permission
        case .refused(let problem): self = problem.status < 500 ? .usage : .unavailable
        case .badAnswer: self = .internal
        }
    }

    private init(creating: Bool, code: Int32) {
        switch code {
        case EACCES, EPERM, EROFS: self = .permission
        default: self = creating ? .cannotCreate : .io
        }
    }
}
