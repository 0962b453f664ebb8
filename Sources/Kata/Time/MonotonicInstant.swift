/// A point in monotonic time, in nanoseconds since some beginning; for ``PreciseClock`` that is the start of the
/// machine.
public struct MonotonicInstant: InstantProtocol {
    /// Since the clock's beginning.
    public let nanoseconds: Int64

    /// - Parameter nanoseconds: since the clock's beginning.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant that is so much later; the first or the last instant that can be told, if it would be past that.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return MonotonicInstant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// The time from this instant to the other one; negative if the other one is earlier.
    public func duration(to other: MonotonicInstant) -> Duration {
        .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }

    /// Whether the left instant is earlier.
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
