/// Which jobs a request is about: those that all conditions hold for. The daemon reads the texts.
public struct JobQuery: Hashable, Sendable {
    /// The name of the jobs' pipeline.
    public var pipeline: String?
    /// A state, which may be `running` where jobs are listed.
    public var state: String?
    /// What stands somewhere in the item.
    public var item: String?
    /// What stands somewhere in the error.
    public var error: String?
    /// The key that limits go by.
    public var key: String?
    /// The unique key.
    public var unique: String?
    /// One of the job's tags.
    public var tag: String?
    /// A time in ISO 8601, or how long ago: created then or later.
    public var since: String?
    /// A time in ISO 8601, or how long ago: created before.
    public var until: String?
    /// The id of a group of failures.
    public var group: String?

    /// All jobs, unless it is told less.
    public init(pipeline: String? = nil, state: String? = nil) {
        self.pipeline = pipeline
        self.state = state
    }

    /// Whether something is said of the jobs besides their pipeline and state.
    public var isSearch: Bool { self != JobQuery(pipeline: pipeline, state: state) }

    /// The parameters of a request.
    var parameters: [(name: String, value: String?)] {
        [("pipeline", pipeline), ("state", state), ("group", group)] + searchParameters
    }

    /// Those of a request whose path says of which pipeline the jobs are.
    var searchParameters: [(name: String, value: String?)] {
        [
            ("item", item), ("error", error), ("key", key), ("unique", unique), ("tag", tag), ("since", since),
            ("until", until),
        ]
    }
}
