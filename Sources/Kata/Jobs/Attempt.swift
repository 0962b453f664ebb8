/// An attempt at a job that is over. An attempt that a drain or a cancellation cut off is not kept as one.
public struct Attempt: Hashable, Sendable {
    /// Which attempt, from 1. Two attempts at a job have the same number if the first was cut off by what was not the
    /// job's fault.
    public let number: Int
    /// Who made the attempt: `c1`, `c2`, …
    public let consumerID: String
    /// When the job was given to the handler.
    public let startedAt: Timestamp
    /// When the handler was done with the job. Never before ``startedAt``, even if the clock was set meanwhile.
    public let finishedAt: Timestamp
    /// Why the attempt failed; `nil` if it did not.
    public let error: String?
    /// What the handler kept of the attempt; `nil` if it kept nothing.
    public let output: String?
    /// What the program of an attempt that failed ended with, 128 and the signal if it was killed; `nil` if there was none.
    public let exitCode: Int32?
    /// What the attempt has used; `nil` unless it had a process.
    public let cost: JobCost?
    /// How long the job had waited when the attempt began, from when it was submitted or due; `nil` where ``cost`` is.
    public let waited: Duration?

    /// Describes an attempt that succeeded if `error` is `nil`, and one that failed otherwise.
    public init(
        number: Int, consumerID: String, startedAt: Timestamp, finishedAt: Timestamp, error: String?,
        output: String? = nil, exitCode: Int32? = nil, cost: JobCost? = nil, waited: Duration? = nil
    ) {
        self.exitCode = exitCode
        self.cost = cost
        self.waited = waited
        self.output = output
        self.number = number
        self.consumerID = consumerID
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.error = error
    }

    /// How long it took.
    public var duration: Duration { .milliseconds(finishedAt.milliseconds - startedAt.milliseconds) }
}
