import Logging

/// A pipeline as the configuration describes it.
extension PipelineConfiguration {
    /// Reads a pipeline from its section. Faults are noted in the report; `nil` if the source or the handler could not
    /// be made.
    public init?(
        name: String, node: ConfigurationNode, report: ConfigurationSection.Report,
        registry: PluginRegistry, context: PluginContext
    ) {
        let title = "pipeline '\(name)'"
        var context = context
        context.pipeline = name
        context.logger[metadataKey: "pipeline"] = "\(name)"
        var section = ConfigurationSection(node, title: title, report: report)
        queueSize = section.integer("queue_size", in: Self.queueSizes)
        workerCount = section.integer("worker_count", in: Self.workerCounts)
        export = section.optionalPath("export")
        uniqueFor = section.duration("unique_for", default: .zero)
        onDuplicate = DuplicatePolicy(&section)

        var interval = Duration.zero
        var pluginNames = PluginNames()
        var source: (any JobSource)?
        if let node = section.node("producer", expected: "a map such as { plugin: range }") {
            var producer = ConfigurationSection(node, title: "the producer of \(title)", report: report)
            if case .map = node.value {
                pluginNames.source = producer.string("plugin")
                source = registry.makeSource(named: pluginNames.source, &producer, context: context)
                interval = producer.duration("interval", default: .zero)
            }
            producer.finish(isComplete: source != nil)
        }
        itemCount = Self.itemCount(&section, extent: source?.extent)

        var failures = FailurePolicy()
        var handler: (any JobHandler)?
        if let node = section.node("consumer", expected: "a map such as { plugin: sleep, duration: 100ms }") {
            var consumer = ConfigurationSection(node, title: "the consumer of \(title)", report: report)
            if case .map = node.value {
                pluginNames.handler = consumer.string("plugin")
                handler = registry.makeHandler(named: pluginNames.handler, &consumer, context: context)
                failures.timeout = consumer.optionalDuration("timeout")
            }
            consumer.finish(isComplete: handler != nil)
        }
        failures.interruptions = section.integer("interruptions", in: 1...1_000, default: failures.interruptions)
        if let node = section.optionalNode("retry") {
            failures.retry = RetryPolicy(node: node, title: "retry of \(title)", report: report)
        }
        limits =
            section.optionalNode("limits").map { node in
                WorkLimits(node: node, title: "limits of \(title)", report: report)
            } ?? WorkLimits()
        retention =
            section.optionalNode("retention").map { node in
                Retention(node: node, title: "retention of \(title)", report: report)
            } ?? Retention()
        if let source, source.emitsItems, handler?.intake != nil {
            section.fault(
                "producer",
                "is '\(pluginNames.source)', and '\(pluginNames.handler)' takes only what is submitted, expected { plugin: inbox }"
            )
        }
        output =
            section.optionalNode("output").map { node in
                OutputLimits(node: node, title: "output of \(title)", report: report)
            } ?? OutputLimits()
        alarms = AlarmRules.read(
            &section, pipeline: name, source: source, registry: registry, context: context)
        section.finish()
        guard let source, let handler else { return nil }
        self.name = name
        self.interval = interval
        self.source = source
        self.handler = handler
        self.pluginNames = pluginNames
        self.failures = failures
    }

    /// Reads how many items a run has, which only some sources need to be told.
    private static func itemCount(_ section: inout ConfigurationSection, extent: SourceExtent?) -> Int? {
        switch extent {
        case nil:
            // That there is no source is a fault already.
            _ = section.has("item_count")
            return nil
        case .counted: return section.integer("item_count", in: itemCounts)
        case .bounded, .endless:
            if section.has("item_count") {
                section.fault("item_count", "is only for sources that are told how many items they have; leave it out")
            }
            return nil
        }
    }
}
