/// An error over HTTP, in the form of RFC 9457 (`application/problem+json`).
public struct ProblemDocument: Codable, Hashable, Error, Sendable, CustomStringConvertible {
    /// The HTTP status.
    public let status: Int
    /// The kind of problem, always the same for the same kind.
    public let title: String
    /// What happened this time, and what to do.
    public let detail: String
    /// The line of the request that it is about, from 1, if it is about one.
    public let line: Int?

    public init(status: Int, title: String, detail: String, line: Int? = nil) {
        self.line = line
        self.status = status
        self.title = title
        self.detail = detail
    }

    /// The title of the problem that a run is under way.
    public static let runUnfinishedTitle = "Run unfinished"

    public var description: String { detail }
}
