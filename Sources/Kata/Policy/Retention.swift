/// How long finished jobs are kept.
public struct Retention: Hashable, Sendable {
    /// How long jobs are kept after they were finished, by final state; a state that is missing is kept for ever.
    public var times: [JobState: Duration]

    /// Keeps everything for ever, unless times are given.
    public init(times: [JobState: Duration] = [:]) {
        self.times = times
    }

    /// Reads `{ done: 720h, failed: 2160h, cancelled: 24h }`. Faults are noted in the report.
    init(node: ConfigurationNode, title: String, report: ConfigurationSection.Report) {
        var section = ConfigurationSection(node, title: title, report: report)
        var times: [JobState: Duration] = [:]
        for state in JobState.allCases where state.isFinal { times[state] = section.optionalDuration(state.rawValue) }
        self.times = times
        section.finish()
    }
}
