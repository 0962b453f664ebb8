extension AlarmRules {
    private static let shortest = Duration.seconds(1)

    /// Reads `on_failure`, `on_recovery`, `expect` and `ping` of a pipeline's section. Faults are noted there. Whether the
    /// pipelines that are named are there is not looked at.
    ///
    /// - Parameter source: of the pipeline; `nil` if it could not be made.
    /// - Returns: `nil` if the pipeline has none of these keys, so that its jobs cost nothing more.
    static func read(
        _ section: inout ConfigurationSection, pipeline: String, source: (any JobSource)?, registry: PluginRegistry,
        context: PluginContext
    ) -> AlarmRules? {
        let failures = section.optionalNode("on_failure").flatMap { node in
            readFailures(node, pipeline: pipeline, report: section.report)
        }
        let recoveries = section.optionalString("on_recovery")
        let within = section.optionalNode("expect").flatMap { node in
            readExpectation(node, pipeline: pipeline, report: section.report)
        }
        let ping = section.optionalNode("ping").flatMap { node in
            makePing(node, pipeline: pipeline, registry, context, report: section.report)
        }
        if failures == nil && recoveries == nil && within == nil && ping == nil { return nil }
        return AlarmRules(
            pipeline: pipeline, failures: failures, recoveries: recoveries, successWithin: within,
            entries: source?.schedule.map(\.name) ?? [], ping: ping)
    }

    private static func readExpectation(
        _ node: ConfigurationNode, pipeline: String, report: ConfigurationSection.Report
    ) -> Duration? {
        var section = ConfigurationSection(node, title: "expect of pipeline '\(pipeline)'", report: report)
        var within: Duration?
        if case .map = node.value {
            within = section.duration("success_within")
            if let found = within, section.has("success_within"), found < shortest {
                section.fault("success_within", "is too short, expected at least 1s")
            }
        }
        section.finish()
        return within
    }

    /// Makes what sends pings: the handler for requests, with a request that says nothing but that it was made.
    private static func makePing(
        _ node: ConfigurationNode, pipeline: String, _ registry: PluginRegistry, _ context: PluginContext,
        report: ConfigurationSection.Report
    ) -> (any JobHandler)? {
        guard node.scalarText != nil else {
            report.add("ping is \(node.summary), expected an address such as https://example.org/ping", at: node.origin)
            return nil
        }
        func entry(_ key: String, _ value: ConfigurationNode) -> ConfigurationNode.Entry {
            ConfigurationNode.Entry(key: key, keyOrigin: node.origin, node: value)
        }
        let request = ConfigurationNode(
            .map([entry("url", node), entry("method", ConfigurationNode(.text("GET"), origin: node.origin))]),
            origin: node.origin)
        let faults = ConfigurationSection.Report()
        var section = ConfigurationSection(request, title: "ping of pipeline '\(pipeline)'", report: faults)
        // The name is that of the handler that comes with Kata, whose program does all that has to do with a network.
        let handler = registry.makeHandler(named: "http", &section, context: context, isBare: true)
        section.finish(isComplete: handler != nil)
        for fault in faults.faults {
            // Who reads it has written another key.
            let message = fault.message.hasPrefix("url ") ? "ping " + fault.message.dropFirst(4) : fault.message
            report.add(message, at: fault.origin)
        }
        return handler
    }

    private static func readFailures(
        _ node: ConfigurationNode, pipeline: String, report: ConfigurationSection.Report
    ) -> Failures? {
        switch node.value {
        case .map:
            var section = ConfigurationSection(
                node, title: "on_failure of pipeline '\(pipeline)'", report: report)
            let name = section.string("pipeline")
            let every = section.optionalDuration("every")
            if let every, every < shortest { section.fault("every", "is too short, expected at least 1s") }
            section.finish()
            return Failures(pipeline: name, every: every)
        case .scalar, .text:
            if let name = node.scalarText, !name.isEmpty { return Failures(pipeline: name) }
        case .list: break
        }
        report.add(
            "on_failure is \(node.summary), expected the name of a pipeline, or { pipeline: NAME, every: 10m }",
            at: node.origin)
        return nil
    }
}
