/// Where a database of PostgreSQL's is: an address as its client library takes it,
/// `postgres://USER@HOST:PORT/DATABASE?PARAMETER=…`. What it leaves out comes from the variables `PGHOST`, `PGSERVICE` and so on, and
/// from the library's own defaults.
public struct PostgresAddress: Hashable, Sendable {
    /// As it was written, which may hold a password.
    package let text: String

    private static let schemes = ["postgres://", "postgresql://"]
    /// The parameters that tell nothing that is not for everybody.
    private static let shownParameters: Set = [
        "host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert", "target_session_attrs",
        "application_name",
        "connect_timeout", "service",
    ]

    /// - Returns: `nil` if the text is no address of PostgreSQL's, such as the path of a file.
    public init?(_ text: String) {
        guard Self.schemes.contains(where: text.hasPrefix) else { return nil }
        self.text = text
    }

    /// Whether something in it may be a password.
    package var mayHoldPassword: Bool { text.contains("@") || text.lowercased().contains("pass") }

    /// The address without its password. Where one is written in a way that can't be right, rather too much is left out.
    public var shown: String {
        let scheme = Self.schemes.first(where: text.hasPrefix) ?? ""
        var rest = text.dropFirst(scheme.count)
        var user = ""
        // The last one, as a password may hold one that should have been written as %40.
        if let end = rest.lastIndex(of: "@") {
            user = rest[..<end].prefix { !":/?".contains($0) } + "@"
            rest = rest[rest.index(after: end)...]
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let parameters = (parts.count > 1 ? parts[1].split(separator: "&") : []).filter { parameter in
            Self.shownParameters.contains(String(parameter.prefix { $0 != "=" }))
        }
        return scheme + user + parts[0] + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    }
}
