import CLinux
import Glibc
import Kata
import Logging
import ServiceLifecycle

/// Notices that somebody set the clock, or that the machine was suspended, and has the pipelines look at what is due.
struct ClockService: Service {
    let engine: Engine
    let logger: Logger
    /// A step of the clock is noticed within this time.
    private static let interval = Duration.seconds(10)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var last = ClockReading()
                while true {
                    try await PreciseClock().sleep(for: Self.interval)
                    let reading = ClockReading()
                    await look(at: reading, after: last)
                    last = reading
                }
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func look(at reading: ClockReading, after last: ClockReading) async {
        let change = reading.change(since: last)
        if change.suspended > .zero {
            logger.notice(
                "the machine was suspended", metadata: ["seconds": "\(change.suspended.formattedSeconds)"])
        }
        guard change.step != .zero else { return }
        logger.warning("the clock was set", metadata: ["by_seconds": "\(change.step.formattedSeconds)"])
        for pipeline in engine.pipelines {
            do {
                try await pipeline.clockWasSet()
            } catch {
                logger.error(
                    "times were not drawn back", metadata: ["pipeline": "\(pipeline.name)", "error": "\(error)"])
            }
        }
    }
}

/// What the system's clocks show at one moment.
struct ClockReading {
    /// What the clock moved by besides the time that passed.
    struct Change: Equatable {
        /// By how much somebody set the clock; negative if back.
        var step = Duration.zero
        /// How long the machine was suspended.
        var suspended = Duration.zero
    }

    /// In nanoseconds: civil time, time since the start of the machine with and without suspensions.
    var civil: Int64
    var boot: Int64
    var running: Int64
    /// What is less is the clock's being adjusted, or the time between two readings.
    private static let tolerance: Int64 = 2_000_000_000

    init(civil: Int64, boot: Int64, running: Int64) {
        self.civil = civil
        self.boot = boot
        self.running = running
    }

    init() {
        self.init(
            civil: clinux_clock_nanoseconds(CLOCK_REALTIME), boot: clinux_clock_nanoseconds(CLOCK_BOOTTIME),
            running: clinux_clock_nanoseconds(CLOCK_MONOTONIC))
    }

    func change(since last: ClockReading) -> Change {
        let passed = boot - last.boot
        let step = civil - last.civil - passed
        let suspended = passed - (running - last.running)
        return Change(
            step: abs(step) > Self.tolerance ? .nanoseconds(step) : .zero,
            suspended: suspended > Self.tolerance ? .nanoseconds(suspended) : .zero)
    }
}
