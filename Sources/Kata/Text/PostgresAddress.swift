/// Where a database of PostgreSQL's is: an address as its client library takes it,
/// `postgres://USER@HOST:PORT/DATABASE?PARAMETER=…`. What it leaves out comes from the variables `PGHOST`, `PGSERVICE` and so on, and
/// from the library's own defaults.
public struct PostgresAddress: Hashable, Sendable {
    /// As it was written, which may hold a password.
    package let text: String

    private static let schemes = ["postgres://", "postgresql://"]

    /// - Returns: `nil` if the text is no address of PostgreSQL's, such as the path of a file.
    public init?(_ text: String) {
        guard Self.schemes.contains(where: text.hasPrefix) else { return nil }
        self.text = text
    }

    /// The address without its password.
    public var shown: String {
        let scheme = Self.schemes.first(where: text.hasPrefix) ?? ""
        var rest = text.dropFirst(scheme.count)
        var user = ""
        // As the library reads it: whatever stands before the first @ is a user and a password, unless a / comes earlier.
        if let end = rest.firstIndex(where: { $0 == "@" || $0 == "/" }), rest[end] == "@" {
            user = rest[..<end].prefix { $0 != ":" } + "@"
            rest = rest[rest.index(after: end)...]
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let parameters = (parts.count > 1 ? parts[1].split(separator: "&") : []).filter { parameter in
            !parameter.prefix { $0 != "=" }.lowercased().contains("pass")
        }
        return scheme + user + parts[0] + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    }
}
