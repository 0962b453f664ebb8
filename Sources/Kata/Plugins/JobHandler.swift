/// What a consumer does with an item. As a ``Plugin``, too, it can be registered by its type.
public protocol JobHandler: Sendable {
    /// How long handling an item takes, if that is known before; estimates need it.
    var nominalDuration: Duration? { get }

    /// Handles a job. Called by many consumers at once.
    ///
    /// A job may be handled more than once: after a crash, or when it was cut off. Its id and attempt tell.
    ///
    /// - Throws: any error if the attempt failed; its text is kept as the reason, and a ``JobFailure`` says whether to try
    ///   again. `CancellationError` in a cancelled task means that the job was cut off. Return soon after a cancellation.
    func handle(_ job: Job, in context: JobContext) async throws

    /// What it is doing, if it is something that can be ill.
    var status: PluginStatus? { get }

    /// Gives back what it holds. Called when its pipeline has ended, and no more jobs come.
    func stop() async
}

extension JobHandler {
    public var nominalDuration: Duration? { nil }
    public var status: PluginStatus? { nil }
    public func stop() async {}
}
