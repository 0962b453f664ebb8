/// What of a job's output is asked for: all that there is now, unless something else is said.
public struct OutputSelection: Hashable, Sendable {
    /// Whether to go on until the job is finished.
    public var follows: Bool
    /// Only what this attempt prints.
    public var attempt: Int?
    /// Only what is printed to `out` or to `err`.
    public var stream: String?
    /// Only what was printed since then: a time in ISO 8601, or a duration such as `10m`.
    public var since: String?

    /// All of the output.
    public init(follows: Bool = false, attempt: Int? = nil, stream: String? = nil, since: String? = nil) {
        self.follows = follows
        self.attempt = attempt
        self.stream = stream
        self.since = since
    }
}
