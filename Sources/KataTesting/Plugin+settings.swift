public import Kata
public import Logging

extension Plugin {
    /// Makes the plugin from its configuration, as a daemon does.
    ///
    /// ```swift
    /// let pipeline = try await TestPipeline(handler: Greeting(settings: ["language": "german"]))
    /// ```
    ///
    /// - Parameters:
    ///   - settings: the plugin's own keys, without `plugin`.
    ///   - clock: the one to sleep with. Within the call of a ``TestPipeline``'s initializer it is that pipeline's, unless another one
    ///     is given; a plugin that is made before is to be given the one that the pipeline is given, too.
    ///   - wallClock: for civil time, in the same way.
    ///   - pipeline: the name of the pipeline.
    ///   - logger: for what is not about a single job; what is logged is dropped without one.
    /// - Throws: `ConfigurationFaults` with everything that is wrong with the settings, unknown keys included.
    public init(
        settings: TestSettings = [:], clock: ManualClock? = nil, wallClock: ManualWallClock? = nil,
        pipeline: String = "test", logger: Logger? = nil
    ) throws {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(settings.node, title: "'\(Self.pluginName)'", report: report)
        let time = PipelineTime.current
        let context = PluginContext(
            clock: clock ?? time?.clock ?? ManualClock(),
            wallClock: wallClock ?? time?.wallClock ?? ManualWallClock(), logger: logger ?? .silent,
            pipeline: pipeline)
        self.init(configuration: &section, context: context)
        section.finish()
        try report.throwIfFaulty()
    }
}
