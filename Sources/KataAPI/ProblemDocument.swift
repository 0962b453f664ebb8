/// An error over HTTP, in the form of RFC 9457 (`application/problem+json`).
public struct ProblemDocument: Codable, Hashable, Error, Sendable, CustomStringConvertible {
    /// The HTTP status.
    public let status: Int
    /// The kind of problem, always the same for the same kind.
    public let title: String
    /// What happened this time, and what to do.
    public let detail: String
    /// The line of the request that the problem is with, from 1; missing if it is with none in particular.
    public let line: Int?

    /// - Parameter line: of the request, from 1; `nil` if the problem is with none in particular.
    public init(status: Int, title: String, detail: String, line: Int? = nil) {
        self.line = line
        self.status = status
        self.title = title
        self.detail = detail
    }

    /// The title of the problem that a run was to be started and the last one is not finished.
    public static let runUnfinishedTitle = "Run unfinished"

    /// ``detail``, so that the error can be printed as it is.
    public var description: String { detail }
}
