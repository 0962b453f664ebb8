/// What a pipeline is made of.
public struct PipelineConfiguration: Sendable {
    public let name: String
    /// How many items the queue holds.
    public let queueSize: Int
    /// How many items the source emits in a run.
    public let itemCount: Int
    public let workerCount: Int
    /// What the producer sleeps after each put.
    public let interval: Duration
    /// A file that is kept up to date with the results, if there is to be one.
    public let export: String?
    public let source: any JobSource
    public let handler: any JobHandler

    public static let queueSizes = 1...1_000_000
    // With durations of a year it still can be counted in seconds.
    public static let itemCounts = 0...100_000_000_000
    public static let workerCounts = 1...10_000

    public init(
        name: String,
        queueSize: Int,
        itemCount: Int,
        workerCount: Int,
        interval: Duration = .zero,
        export: String? = nil,
        source: any JobSource,
        handler: any JobHandler
    ) {
        self.name = name
        self.queueSize = queueSize
        self.itemCount = itemCount
        self.workerCount = workerCount
        self.interval = interval
        self.export = export
        self.source = source
        self.handler = handler
    }

    /// Reads a pipeline from its section. Faults are noted in the report; `nil` if a plugin is missing.
    public init?(
        name: String, node: ConfigurationNode, report: ConfigurationSection.Report,
        registry: PluginRegistry, context: PluginContext
    ) {
        let title = "pipeline '\(name)'"
        var section = ConfigurationSection(node, title: title, report: report)
        queueSize = section.integer("queue_size", in: Self.queueSizes)
        itemCount = section.integer("item_count", in: Self.itemCounts)
        workerCount = section.integer("worker_count", in: Self.workerCounts)
        export = section.optionalString("export")

        var interval = Duration.zero
        var source: (any JobSource)?
        if let node = section.node("producer", expected: "a map such as { plugin: range }") {
            var producer = ConfigurationSection(node, title: "the producer of \(title)", report: report)
            if case .map = node.value {
                source = registry.makeSource(&producer, context: context)
                interval = producer.duration("interval", default: .zero)
            }
            producer.finish(isComplete: source != nil)
        }
        var handler: (any JobHandler)?
        if let node = section.node("consumer", expected: "a map such as { plugin: sleep, duration: 100ms }") {
            var consumer = ConfigurationSection(node, title: "the consumer of \(title)", report: report)
            if case .map = node.value { handler = registry.makeHandler(&consumer, context: context) }
            consumer.finish(isComplete: handler != nil)
        }
        section.finish()
        guard let source, let handler else { return nil }
        self.name = name
        self.interval = interval
        self.source = source
        self.handler = handler
    }

    /// The theory of a whole run; `nil` if the handler does not know how long it takes.
    public var estimate: Estimate? { estimate(items: itemCount) }

    /// The theory of a run over that many items.
    func estimate(items: Int) -> Estimate? {
        handler.nominalDuration.map { duration in
            Estimate(items: items, workers: workerCount, interval: interval, duration: duration)
        }
    }
}
