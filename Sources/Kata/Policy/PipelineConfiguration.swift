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
    public package(set) var source: any JobSource
    /// What the consumers do with each item.
    public package(set) var handler: any JobHandler
    /// What the plugins are called; empty names if the configuration was not read from a section.
    public let pluginNames: PluginNames
    /// What is done about jobs that fail, hang, or end the daemon.
    public let failures: FailurePolicy
    /// What holds back jobs although there are consumers for them.
    public let limits: WorkLimits
    /// Which pipelines are told of the ends of jobs; `nil` if none is.
    public let alarms: AlarmRules?
    /// How long finished jobs are kept.
    public let retention: Retention
    /// How much is kept of what jobs print.
    public let output: OutputLimits
    /// How long after a job was done or failed its unique key stands in the way of another one.
    public let uniqueFor: Duration
    /// What becomes of a job whose unique key an unfinished job has.
    public let onDuplicate: DuplicatePolicy

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
        output: OutputLimits = OutputLimits(),
        uniqueFor: Duration = .zero,
        onDuplicate: DuplicatePolicy = .keep,
        alarms: AlarmRules? = nil
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
        self.output = output
        self.uniqueFor = uniqueFor
        self.alarms = alarms
        self.onDuplicate = onDuplicate
    }

    /// Why no other pipeline may name this one to be told of its jobs; `nil` if it may. This is the one place for that rule.
    package var refusalAsTarget: String? {
        if !source.takesJobs { return "takes no jobs, expected one with producer: { plugin: inbox }" }
        // Its items say what is run, and nobody but the daemon's own user may say so.
        if handler.intake != nil { return "runs what its jobs say, expected one with another consumer" }
        return nil
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
