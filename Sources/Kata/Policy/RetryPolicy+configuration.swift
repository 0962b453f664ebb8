extension RetryPolicy {
    /// Reads `{ attempts: 5, backoff: 1s, max: 10m }`. Faults are noted in the report.
    init(node: ConfigurationNode, title: String, report: ConfigurationSection.Report) {
        self.init()
        var section = ConfigurationSection(node, title: title, report: report)
        attempts = section.integer("attempts", in: NewJob.attempts, default: attempts)
        backoff = section.duration("backoff", default: backoff)
        max = section.duration("max", default: Swift.max(max, backoff))
        if max < backoff { section.fault("max", "is shorter than backoff, expected at least as long") }
        section.finish()
    }
}
