/// Which pipelines are told of the ends of a pipeline's jobs. It belongs to the pipeline's configuration and never changes.
public final class AlarmRules: Sendable {
    /// Who is told of failures.
    public struct Failures: Hashable, Sendable {
        /// The name of the pipeline that gets a job.
        public let pipeline: String
        /// How long it is from one such job to the next at the least; `nil` if each failure has a job of its own.
        public let every: Duration?

        /// Has a pipeline be told of each failure, or of all in so long a time.
        public init(pipeline: String, every: Duration? = nil) {
            self.pipeline = pipeline
            self.every = every
        }
    }

    /// The name of the pipeline whose jobs are told of.
    public let pipeline: String
    /// `nil` if nobody is told of failures.
    public let failures: Failures?
    /// The name of the pipeline that is told of the first success after a failure; `nil` if none is.
    public let recoveries: String?
    /// How long it may be from one success to the next; `nil` if that does not matter.
    public let successWithin: Duration?
    /// The names of the entries of the pipeline's schedule, each of which is to succeed in time; none if it has no schedule.
    let entries: [String]
    /// `nil` if nobody outside is told of successes.
    let ping: Ping?

    /// - Parameters:
    ///   - pipeline: whose jobs are told of.
    ///   - failures: who is told of failures; `nil` if nobody is.
    ///   - recoveries: the name of the pipeline that is told of the first success after a failure; `nil` if none is.
    ///   - successWithin: how long it may be from one success to the next; `nil` if that does not matter.
    ///   - entries: of the pipeline's schedule.
    ///   - ping: sends pings, which have no items; `nil` if nobody outside is told of successes.
    public init(
        pipeline: String, failures: Failures? = nil, recoveries: String? = nil, successWithin: Duration? = nil,
        entries: [String] = [], ping: (any JobHandler)? = nil
    ) {
        self.pipeline = pipeline
        self.failures = failures
        self.recoveries = recoveries
        self.successWithin = successWithin
        self.entries = entries
        self.ping = ping.map { Ping(pipeline: pipeline, handler: $0) }
    }

    /// Whether anything is to be done about a job that is done.
    var wantSuccesses: Bool { recoveries != nil || successWithin != nil || ping != nil }

    /// What is expected to succeed in time, each by itself.
    var scopes: [String] { entries.isEmpty ? [""] : entries.map(Self.scope(ofEntry:)) }

    /// The scope of an entry.
    static func scope(ofEntry entry: String) -> String { entryPrefix + entry }

    /// The entry that a scope is of; `nil` if it is of none.
    static func entry(of scope: String) -> String? {
        scope.hasPrefix(entryPrefix) ? String(scope.dropFirst(entryPrefix.count)) : nil
    }

    private static let entryPrefix = "entry "
}
