/// What an attempt at a job has used of the machine. Only an attempt with a process of its own has one.
public struct JobCost: Hashable, Sendable {
    // Small, because every completion has room for one.
    private let userMicroseconds: Int64
    private let systemMicroseconds: Int64
    /// Negative if it is not known.
    private let peakBytes: Int64

    /// Processor time in the program's own code, of the process and of those that it started and waited for, in whole
    /// microseconds.
    public var userTime: Duration { .microseconds(userMicroseconds) }
    /// Processor time that the kernel took for it, of the same processes, in whole microseconds.
    public var systemTime: Duration { .microseconds(systemMicroseconds) }
    /// The most memory that was held at a time, in bytes; `nil` if the kernel can't tell it from the daemon's own.
    public var peakMemory: Int64? { peakBytes < 0 ? nil : peakBytes }

    /// All of its processor time.
    public var processorTime: Duration { userTime + systemTime }

    /// Describes what was used.
    public init(userTime: Duration, systemTime: Duration, peakMemory: Int64?) {
        userMicroseconds = userTime.nanoseconds / 1_000
        systemMicroseconds = systemTime.nanoseconds / 1_000
        peakBytes = peakMemory ?? -1
    }
}
