/// Thrown by a handler that knows more about a failure than that there was one.
public struct JobFailure: Error, Hashable, CustomStringConvertible {
    /// Whether, and when, the job is tried again, as long as it has attempts left.
    public enum Retry: Hashable, Sendable {
        /// As the pipeline's ``RetryPolicy`` says; without one only a job that brings its own number of attempts is
        /// tried again.
        case byPolicy
        /// Trying again will probably help: as the pipeline's ``RetryPolicy`` says, or as the default policy if it has
        /// none.
        case again
        /// Trying again would not help: the job has failed for good.
        case never
        /// It was not the job's fault that it was cut off, such as when the process that did it was killed for want of
        /// memory: costs no attempt, and counts as an interruption.
        case interrupted
        /// The handler can do no job at all now, whichever it is given: its program is missing, for instance. Costs
        /// neither an attempt nor an interruption. The pipeline shows that its handler is down, lets one job at a time
        /// try whether it still is, after pauses of up to a minute, and begins no other until then.
        case unavailable
        /// Not before that time has passed, in place of the backoff, if the job has another attempt.
        case after(Duration)
    }

    /// Why the job failed, for people; what is longer than ``reasonLimit`` is cut off.
    public let reason: String
    /// What the handler says about another attempt.
    public let retry: Retry
    /// What the program of the job ended with; `nil` if the handler ran none, or it did not come to an end of its own.
    public let exitCode: Int32?
    /// What it is counted as.
    public let kind: FailureKind

    /// The length of ``reason`` at the most, in Unicode scalars.
    public static let reasonLimit = 2_000

    /// Makes a failure with a reason for people, cut to ``reasonLimit``.
    ///
    /// - Parameters:
    ///   - reason: why the attempt failed; kept with it.
    ///   - retry: whether, and when, the job is tried again, as long as it has attempts left.
    ///   - exitCode: what the program of the job ended with, kept with the attempt; those that wait for the job end with it,
    ///     too.
    ///   - kind: what it is counted as.
    public init(
        _ reason: String, retry: Retry = .byPolicy, exitCode: Int32? = nil, kind: FailureKind = .plugin
    ) {
        self.kind = kind
        self.reason = String(reason.prefix(scalars: Self.reasonLimit))
        self.retry = retry
        self.exitCode = exitCode
    }

    /// The ``reason``.
    public var description: String { reason }
}
