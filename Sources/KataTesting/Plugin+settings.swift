public import Kata
public import Logging

extension Plugin {
    /// Makes the plugin from its configuration, as a daemon does.
    ///
    /// ```swift
    /// let greeting = try Greeting(settings: ["language": "german"])
    /// ```
    ///
    /// - Parameters:
    ///   - settings: the plugin's own keys, without `plugin`.
    ///   - clock: the one to sleep with; that of a ``TestPipeline`` whose job the plugin is to do.
    ///   - wallClock: for civil time.
    ///   - pipeline: the name of the pipeline.
    ///   - logger: for what is not about a single job; what is logged is dropped without one.
    /// - Throws: `ConfigurationFaults` with everything that is wrong with the settings, unknown keys included.
    public init(
        settings: TestSettings = [:], clock: ManualClock = ManualClock(),
        wallClock: ManualWallClock = ManualWallClock(),
        pipeline: String = "test", logger: Logger? = nil
    ) throws {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(settings.node, title: "'\(Self.pluginName)'", report: report)
        let context = PluginContext(clock: clock, wallClock: wallClock, logger: logger ?? .silent, pipeline: pipeline)
        self.init(configuration: &section, context: context)
        section.finish()
        try report.throwIfFaulty()
    }
}
