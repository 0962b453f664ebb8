/// What a consumer does with an item. A handler that is a ``Plugin`` as well can be registered by its type.
public protocol JobHandler: Sendable {
    /// How long handling an item takes, if that is known before; `nil` if not. Estimates of a run need it.
    var nominalDuration: Duration? { get }

    /// Handles a job. Called by many consumers at once.
    ///
    /// A job may be handled more than once: after a crash, or when it was cut off. Its id and attempt tell.
    ///
    /// - Throws: any error if the attempt failed; its text is kept as the reason, and a ``JobFailure`` says whether to
    ///   try again. In a cancelled task any error means that the job was cut off, and `CancellationError` says so best.
    ///   A handler is to return soon after a cancellation.
    func handle(_ job: Job, in context: JobContext) async throws

    /// What it asks of submitted jobs; `nil` if any item will do, from anybody.
    var intake: (any JobIntake)? { get }

    /// How the handler is, for `kata-ctl plugins`; `nil` for a handler that has nothing that can fail on its own, such
    /// as processes.
    var status: PluginStatus? { get }

    /// Hears that a drain has begun: what it has in hand is waited for. A job that it can't begin, such as one that waits for a process
    /// that does not start, it should give back with a ``JobFailure`` that is ``JobFailure/Retry/unavailable``. Called from any thread,
    /// and must not block.
    func drainBegan()

    /// Gives back what the handler holds, such as processes and connections. Called once, when its pipeline has ended
    /// and no more jobs come. The pipeline waits for it.
    func stop() async
}

extension JobHandler {
    /// Not known, so there are no estimates.
    public var nominalDuration: Duration? { nil }
    /// Nothing.
    public var intake: (any JobIntake)? { nil }
    /// Nothing to tell.
    public var status: PluginStatus? { nil }
    /// Nothing to do.
    public func drainBegan() {}
    /// Nothing to give back.
    public func stop() async {}
}
