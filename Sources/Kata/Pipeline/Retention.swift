/// How long finished jobs are kept.
public struct Retention: Hashable, Sendable {
    /// By final state; what is missing is kept for ever.
    public var times: [JobState: Duration]

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
