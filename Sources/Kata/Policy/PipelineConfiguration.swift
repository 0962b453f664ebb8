import Logging

/// What a pipeline is made of. It does not change while the pipeline works.
public struct PipelineConfiguration: Sendable {
    /// Unique within a daemon; the store knows the pipeline's runs by it.
    public let name: String
    /// How many jobs the queue holds at the most. One of ``queueSizes``.
    public let queueSize: Int
    /// How many items the source emits in a run, one of ``itemCounts``; `nil` if that is for the source to say.
    public let itemCount: Int?
    /// How many consumers there are at the start. One of ``workerCounts``.
    public let workerCount: Int
    /// What the producer sleeps after each put.
    public let interval: Duration
    /// The path of a file that is kept up to date with the results; `nil` if there is to be none.
    public let export: String?
    /// Where the items come from.
    public let source: any JobSource
    /// What the consumers do with each item.
    public let handler: any JobHandler
    /// What the plugins are called; empty names if the configuration was not read from a section.
    public let pluginNames: PluginNames
    /// What is done about jobs that fail, hang, or end the daemon.
    public let failures: FailurePolicy
    /// What holds back jobs although there are consumers for them.
    public let limits: WorkLimits
    /// How long finished jobs are kept.
    public let retention: Retention
    /// How long after a job was done or failed its unique key stands in the way of another one.
    public let uniqueFor: Duration

    /// The plugins as the configuration names them; empty without a name.
    public struct PluginNames: Hashable, Sendable {
        /// The `plugin` of the producer.
        public internal(set) var source = ""
        /// The `plugin` of the consumer.
        public internal(set) var handler = ""
    }

    /// What ``queueSize`` may be.
    public static let queueSizes = 1...1_000_000
    /// What ``itemCount`` may be. With durations of a year it still can be counted in seconds.
    public static let itemCounts = 0...100_000_000_000
    /// What ``workerCount`` may be, and what a pipeline may be scaled to.
    public static let workerCounts = 1...10_000

    /// A pipeline of parts that are there already. A number beyond its range is taken for the nearest one in it.
    public init(
        name: String,
        queueSize: Int,
        itemCount: Int?,
        workerCount: Int,
        interval: Duration = .zero,
        export: String? = nil,
        source: any JobSource,
        handler: any JobHandler,
        failures: FailurePolicy = FailurePolicy(),
        limits: WorkLimits = WorkLimits(),
        retention: Retention = Retention(),
        uniqueFor: Duration = .zero
    ) {
        self.name = name
        self.queueSize = Self.queueSizes.nearest(to: queueSize)
        self.itemCount = itemCount.map(Self.itemCounts.nearest)
        self.workerCount = Self.workerCounts.nearest(to: workerCount)
        self.interval = interval
        self.export = export
        self.source = source
        self.handler = handler
        pluginNames = PluginNames()
        self.failures = failures
        self.limits = limits
        self.retention = retention
        self.uniqueFor = uniqueFor
    }

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

    /// Whether this configuration can go on with a run: both know how many items there are, or neither does.
    func fits(_ run: Run) -> Bool { (run.items == nil) == (itemCount == nil) }

    /// The theory of a whole run; `nil` if nobody knows how many items it has, or how long the handler takes.
    public var estimate: Estimate? { itemCount.flatMap { estimate(items: $0) } }

    /// The theory of a run over that many items; `nil` if nobody knows how long the handler takes.
    func estimate(items: Int) -> Estimate? {
        handler.nominalDuration.map { duration in
            Estimate(items: items, workers: workerCount, interval: interval, duration: duration)
        }
    }
}

extension ClosedRange {
    /// The value itself if the range has it, or else the bound that is nearer.
    func nearest(to value: Bound) -> Bound { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
