public import Kata

/// Sleeps for each item, never shorter than `duration`.
public struct SleepHandler: JobHandler, Plugin {
    /// In the configuration: `consumer: { plugin: sleep }`.
    public static let pluginName = "sleep"

    private let duration: Duration
    private let clock: any MonotonicClock

    /// Reads the key `duration`. Faults are noted in the section.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        duration = configuration.duration("duration")
        clock = context.clock
    }

    /// What the configuration says, which makes estimates exact.
    public var nominalDuration: Duration? { duration }

    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func handle(_ job: Job, in context: JobContext) async throws {
        if duration > .zero { try await clock.sleep(for: duration) }
    }
}
