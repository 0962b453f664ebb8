/// Thrown by a handler that knows more about a failure than that there was one.
public struct JobFailure: Error, Hashable, CustomStringConvertible {
    public enum Retry: Hashable, Sendable {
        /// As the pipeline's ``RetryPolicy`` says.
        case byPolicy
        /// Trying again will probably help: where the pipeline says nothing about retries, by the default policy.
        case again
        /// Trying again would not help.
        case never
        /// It was not the job's fault that it was cut off, such as when the process that did it was killed for want of
        /// memory: costs no attempt, and counts as an interruption.
        case interrupted
        /// Not before that time has passed, if there is another attempt.
        case after(Duration)
    }

    /// For people; what is longer than ``reasonLimit`` is cut off.
    public let reason: String
    public let retry: Retry

    /// In characters.
    public static let reasonLimit = 2_000

    public init(_ reason: String, retry: Retry = .byPolicy) {
        // Counting bytes takes no time, and there are never fewer of them.
        self.reason = reason.utf8.count > Self.reasonLimit ? String(reason.prefix(Self.reasonLimit)) : reason
        self.retry = retry
    }

    public var description: String { reason }
}
