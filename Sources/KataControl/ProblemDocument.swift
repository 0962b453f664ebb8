/// An error over HTTP, in the form of RFC 9457 (`application/problem+json`).
public struct ProblemDocument: Codable, Hashable, Error, Sendable, CustomStringConvertible {
    /// The HTTP status.
    public let status: Int
    /// The kind of problem, always the same for the same kind.
    public let title: String
    /// What happened this time, and what to do.
    public let detail: String

    public init(status: Int, title: String, detail: String) {
        self.status = status
        self.title = title
        self.detail = detail
    }

    public var description: String { detail }
}
