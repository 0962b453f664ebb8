/// Why a PostgreSQL database can't be used.
public enum PostgresOpenError: Error, Hashable, CustomStringConvertible {
    /// The client library can't be loaded.
    case noLibrary(reason: String)
    /// The address can't be understood.
    case badAddress(String, reason: String)
    /// The server refuses the user, the password, or access to something.
    case permissionDenied(String, reason: String)
    /// There is no such database.
    case missing(String, reason: String)
    /// The schema was made by a later version of Kata.
    case newer(schema: String, version: Int)
    /// Another daemon works with the database; `process` is its process id if it runs on this machine.
    case taken(String, node: String, process: Int? = nil)
    /// The server, or what is in the database, is not what is needed.
    case unfit(String, reason: String)

    public var description: String {
        switch self {
        case .noLibrary(let reason): reason
        case .badAddress(let address, let reason): "the database '\(address)' is no address: \(reason)"
        case .permissionDenied(let address, let reason): "the database '\(address)' refuses access: \(reason)"
        case .missing(let address, let reason):
            "the database '\(address)' is not there: \(reason); create it ('createdb'), or name another"
        case .newer(let schema, let version):
            "the schema '\(schema)' has version \(version), which a later version of Kata has made; install that one"
        case .taken(let address, let node, let process):
            "another katad\(process.map { " (process \($0))" } ?? ""), of the node '\(node)', already works with the database '\(address)'; stop that one, or name "
                + "another node, database or schema"
        case .unfit(let address, let reason): "the database '\(address)' can't be used: \(reason)"
        }
    }
}
