import ArgumentParser
import Kata
import KataClient

/// What commands take to say which jobs they are about, besides a pipeline and a state.
struct SearchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only jobs with this text somewhere in the item.", valueName: "text"))
    var item: String?

    @Option(help: ArgumentHelp("Only jobs with this text somewhere in the error.", valueName: "text"))
    var error: String?

    @Option(help: "Only jobs with this key, which limits go by.")
    var key: String?

    @Option(help: "Only jobs with this unique key.")
    var unique: String?

    @Option(help: "Only jobs with this tag.")
    var tag: String?

    @Option(
        help: ArgumentHelp(
            "Only jobs created since then: how long ago, such as 2h, or a time such as 2026-01-31T12:00:00Z.",
            valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only jobs created before then: how long ago, or a time.", valueName: "time"))
    var until: String?

    func validate() throws {
        for (name, text) in [("--since", since), ("--until", until)] {
            if let text, Timestamp(iso8601: text) == nil, Duration(configuration: text) == nil {
                throw ValidationError(
                    "\(name) is '\(text)', expected how long ago, such as 30m or 2d, or a time such as 2026-01-31T12:00:00Z"
                )
            }
        }
    }

    /// Whether any of them is given.
    var areGiven: Bool { query(pipeline: nil, state: nil).isSearch }

    /// - Parameters:
    ///   - pipeline: only its jobs; `nil` means of all.
    ///   - state: only jobs in it; `nil` means in any.
    func query(pipeline: String?, state: String?) -> JobQuery {
        var query = JobQuery(pipeline: pipeline, state: state)
        query.item = item
        query.error = error
        query.key = key
        query.unique = unique
        query.tag = tag
        // What is told by an age is fixed here, so that all requests of a command are about the same jobs.
        query.since = since.map(Self.time)
        query.until = until.map(Self.time)
        return query
    }

    private static func time(_ text: String) -> String {
        Duration(configuration: text).map { Timestamp.now().advanced(by: .zero - $0).iso8601 } ?? text
    }
}
