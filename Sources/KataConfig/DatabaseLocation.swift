public import Kata

/// Where a daemon keeps its jobs.
public enum DatabaseLocation: Hashable, Sendable {
    /// In an SQLite file with that path: from the root, with symbolic links followed, so that a database has one name.
    case file(String)
    /// In a PostgreSQL database, in a schema of that name.
    case postgres(PostgresAddress, schema: String)

    /// As people are shown it: without a password.
    public var shown: String {
        switch self {
        case .file(let path): path
        case .postgres(let address, _): address.shown
        }
    }

    /// The path of the file; `nil` if there is none.
    public var path: String? {
        switch self {
        case .file(let path): path
        case .postgres: nil
        }
    }
}
