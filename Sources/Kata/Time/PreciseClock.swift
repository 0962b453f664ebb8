import CLinux
import Glibc

/// A monotonic clock whose sleeps end at their deadline, half of them within 1 µs and nine in ten within 30 µs, and never
/// before it.
///
/// `Task.sleep` on Linux overshoots by about 0.3 ms. This clock arms a kernel timer (`timerfd`, which timer slack does
/// not touch) and one thread blocks on it; while nobody sleeps, that thread never wakes.
public struct PreciseClock: Clock {
    /// A point in time, in nanoseconds since the machine started (`CLOCK_MONOTONIC`; time spent suspended is not counted).
    public struct Instant: InstantProtocol {
        public let nanoseconds: Int64

        public func advanced(by duration: Duration) -> Instant {
            let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
            return Instant(nanoseconds: overflow ? .max : sum)
        }

        public func duration(to other: Instant) -> Duration {
            .nanoseconds(other.nanoseconds - nanoseconds)
        }

        public static func < (left: Instant, right: Instant) -> Bool {
            left.nanoseconds < right.nanoseconds
        }
    }

    private static let latency = WakeLatency()

    public init() {}

    public var now: Instant { Instant(nanoseconds: clinux_clock_nanoseconds(CLOCK_MONOTONIC)) }

    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Sleeps until the deadline; the tolerance is ignored.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try Task.checkCancellation()
        let early = deadline.advanced(by: .zero - Self.latency.lead)
        if early > now {
            try await TimerThread.shared.sleep(until: early)
            Self.latency.add(early.duration(to: now))
        }
        // Mostly the deadline is so near by now that another wait would end after it.
        while deadline > now {
            if now.duration(to: deadline) > WakeLatency.limit { try await TimerThread.shared.sleep(until: deadline) }
        }
    }
}

extension Duration {
    /// The duration in whole nanoseconds, at most `Int64.max`.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? .max : sum
    }

    /// The duration in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
