public import Logging

/// What a plugin is given by its host.
public struct PluginContext: Sendable {
    /// The clock to sleep with; tests give one that they control.
    public let clock: any MonotonicClock
    /// Civil time; tests give a clock that they control.
    public let wallClock: any WallClock
    /// For what is not about a single job. In a daemon its metadata name the pipeline.
    public var logger: Logger
    /// The name of the pipeline that the plugin is for; empty where there is none.
    public var pipeline: String
    /// The directory of the executables that a configuration names as plugins without a path.
    public var pluginsDirectory: String

    /// The directory of plugins where the configuration has no `plugins_directory`.
    public static let defaultPluginsDirectory = "/usr/lib/kata/plugins"

    /// The system's clocks, unless others are given.
    public init(
        clock: any MonotonicClock = PreciseClock(), wallClock: any WallClock = SystemWallClock(), logger: Logger,
        pipeline: String = "", pluginsDirectory: String = defaultPluginsDirectory
    ) {
        self.pluginsDirectory = pluginsDirectory
        self.wallClock = wallClock
        self.pipeline = pipeline
        self.clock = clock
        self.logger = logger
    }
}
