/// What a consumer does with an item.
public protocol JobHandler: Sendable {
    /// The name under `consumer: { plugin: … }`.
    static var pluginName: String { get }

    /// Reads the handler's own keys. Faults are noted in the section.
    init(configuration: inout ConfigurationSection, context: PluginContext)

    /// How long handling an item takes, if that is known before; estimates need it.
    var nominalDuration: Duration? { get }

    /// Handles a job. Called by many consumers at once.
    ///
    /// A job may be handled more than once: after a crash, or when it was cut off. Its id and attempt tell.
    ///
    /// - Throws: any error if the job failed; its text is kept as the reason. `CancellationError` in a cancelled task means
    ///   that the job was cut off: it goes back to pending and that costs no attempt. Return soon after a cancellation.
    func handle(_ job: Job) async throws
}

extension JobHandler {
    public var nominalDuration: Duration? { nil }
}
