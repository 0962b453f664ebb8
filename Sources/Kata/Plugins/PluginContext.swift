public import Logging

/// What a plugin is given by its host.
public struct PluginContext: Sendable {
    /// The clock to sleep with: in tests it is one that they control.
    public let clock: any Clock<Duration>
    /// Civil time: in tests it is one that they control, too.
    public let wallClock: any WallClock
    public var logger: Logger
    /// The pipeline that the plugin is for.
    public var pipeline: String
    /// Where plugins are found that are named without a path.
    public var pluginsDirectory: String

    /// Where they are unless the configuration says otherwise.
    public static let defaultPluginsDirectory = "/usr/lib/kata/plugins"

    public init(
        clock: any Clock<Duration> = PreciseClock(), wallClock: any WallClock = SystemWallClock(), logger: Logger,
        pipeline: String = "", pluginsDirectory: String = defaultPluginsDirectory
    ) {
        self.pluginsDirectory = pluginsDirectory
        self.wallClock = wallClock
        self.pipeline = pipeline
        self.clock = clock
        self.logger = logger
    }
}
