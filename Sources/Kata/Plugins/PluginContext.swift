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

    public init(
        clock: any Clock<Duration> = PreciseClock(), wallClock: any WallClock = SystemWallClock(), logger: Logger,
        pipeline: String = ""
    ) {
        self.wallClock = wallClock
        self.pipeline = pipeline
        self.clock = clock
        self.logger = logger
    }
}
