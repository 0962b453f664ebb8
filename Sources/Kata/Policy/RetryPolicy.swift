/// When a job that failed is tried again: exponential backoff with full jitter.
///
/// After attempt *n* failed, the next one comes after a time drawn evenly from zero to `backoff · 2ⁿ⁻¹`, at most `max`.
/// The jitter keeps jobs that failed together from coming back together.
public struct RetryPolicy: Hashable, Sendable {
    /// How many attempts a job has in all; 1 is no retry.
    public var attempts: Int
    /// The longest time that may pass after the first attempt; after each further attempt it is doubled.
    public var backoff: Duration
    /// The longest time that may pass after any attempt. Not shorter than ``backoff``.
    public var max: Duration

    /// No retry; a job that brings its own number of attempts is tried again after the times of the default policy.
    public static let none = RetryPolicy(attempts: 1)

    /// Five attempts in all, a backoff of a second and a maximum of ten minutes, unless other values are given.
    public init(attempts: Int = 5, backoff: Duration = .seconds(1), max: Duration = .seconds(600)) {
        self.attempts = attempts
        self.backoff = backoff
        self.max = max
    }

    /// The longest time that may pass after that attempt, which counts from 1.
    public func ceiling(after attempt: Int) -> Duration {
        Backoff(first: backoff, max: max).pause(after: attempt)
    }

    /// The time to wait after that attempt failed; `nil` if it was the last one.
    ///
    /// - Parameters:
    ///   - attempt: counts from 1.
    ///   - limit: how many attempts the job has in all; `nil` means as many as the policy says.
    ///   - generator: draws the time.
    public func delay(
        after attempt: Int, limit: Int? = nil, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard attempt < limit ?? attempts else { return nil }
        return ceiling(after: attempt) * Double.random(in: 0...1, using: &generator)
    }
}
