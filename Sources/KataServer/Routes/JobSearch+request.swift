import Kata
import KataAPI

extension JobSearch {
    /// The parameters of a query that say which jobs are looked for.
    static let parameters = ["pipeline", "state", "item", "error", "key", "unique", "tag", "since", "until", "group"]

    /// What a query looks for. The state is left to the caller: `running` is none of the store's.
    ///
    /// - Throws: ``ProblemDocument``.
    init(_ request: HTTPRequest, in service: any ControlService) throws {
        self.init()
        pipeline = try request.parameter("pipeline").map { try service.pipeline($0).name }
        item = request.parameter("item")
        error = request.parameter("error")
        key = request.parameter("key")
        unique = request.parameter("unique")
        tag = request.parameter("tag")
        if let tag, !NewJob.isTag(tag) {
            throw ProblemDocument.badParameter("tag must be one tag, without spaces and commas")
        }
        since = try request.time("since")
        until = try request.time("until")
        group = request.parameter("group")
    }

    /// Whether nothing is said of the jobs but their pipeline and state, so that a list is no search.
    var isPlain: Bool {
        var plain = JobSearch(pipeline: pipeline, states: states)
        plain.finishedBefore = finishedBefore
        return self == plain
    }
}

extension JobState {
    /// - Throws: ``ProblemDocument``.
    init(parameter text: String, others: [String] = []) throws {
        guard let state = JobState(rawValue: text) else {
            let names = JobState.allCases.map(\.rawValue) + others
            let suggestion = nearest(to: text, in: names).map { "; did you mean '\($0)'?" } ?? ""
            throw ProblemDocument.badParameter(
                "state must be one of \(names.joined(separator: ", "))\(suggestion)".printable)
        }
        self = state
    }
}
