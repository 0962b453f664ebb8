public import Logging

/// What a plugin is given by its host.
public struct PluginContext: Sendable {
    /// The clock to sleep with: in tests it is one that they control.
    public let clock: any Clock<Duration>
    public let logger: Logger

    public init(clock: any Clock<Duration> = PreciseClock(), logger: Logger) {
        self.clock = clock
        self.logger = logger
    }
}
