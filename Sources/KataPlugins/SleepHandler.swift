public import Kata

/// Sleeps for each item, never shorter than `duration`.
public struct SleepHandler: JobHandler, Plugin {
    public static let pluginName = "sleep"

    private let duration: Duration
    private let clock: any Clock<Duration>

    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        duration = configuration.duration("duration")
        clock = context.clock
    }

    public var nominalDuration: Duration? { duration }

    public func handle(_ job: Job, in context: JobContext) async throws {
        if duration > .zero { try await clock.sleep(for: duration) }
    }
}
