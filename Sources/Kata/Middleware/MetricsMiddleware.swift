public import Metrics
import Synchronization

/// Counts and times attempts, for whichever metrics system the program was set up with.
///
/// | label | kind | dimensions |
/// |---|---|---|
/// | `kata_attempts_total` | counter | `pipeline`, `outcome`: `done`, `failed`, `cut_off` |
/// | `kata_attempt_duration_seconds` | timer | `pipeline` |
/// | `kata_jobs_running` | gauge | `pipeline` |
public final class MetricsMiddleware: JobMiddleware {
    private enum Outcome: String {
        case done, failed
        case cutOff = "cut_off"
    }

    /// The instruments of one pipeline. They are made once, because looking an instrument up by its label is not free.
    private struct Instruments {
        let done: Counter
        let failed: Counter
        let cutOff: Counter
        let duration: Timer
        let running: Meter

        init(pipeline: String, factory: any MetricsFactory) {
            func counter(_ outcome: Outcome) -> Counter {
                Counter(
                    label: "kata_attempts_total",
                    dimensions: [("pipeline", pipeline), ("outcome", outcome.rawValue)],
                    factory: factory)
            }
            done = counter(.done)
            failed = counter(.failed)
            cutOff = counter(.cutOff)
            let dimensions = [("pipeline", pipeline)]
            duration = Timer(label: "kata_attempt_duration_seconds", dimensions: dimensions, factory: factory)
            running = Meter(label: "kata_jobs_running", dimensions: dimensions, factory: factory)
        }
    }

    private let factory: any MetricsFactory
    private let instruments = Mutex<[String: Instruments]>([:])

    /// - Parameter factory: makes the instruments; the factory that the program was set up with, unless told otherwise.
    ///   So a metrics system is to be set up before.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// Handles the job, and counts and times the attempt. An error is counted and passed on.
    public func handle(_ job: Job, in context: JobContext, next: Next) async throws {
        let instruments = instruments(of: context.pipeline)
        let start = PreciseClock().now
        instruments.running.increment()
        defer {
            instruments.running.decrement()
            instruments.duration.recordNanoseconds(PreciseClock().now.nanoseconds - start.nanoseconds)
        }
        do {
            try await next(job, context)
            instruments.done.increment()
        } catch {
            if Task.isCancelled { instruments.cutOff.increment() } else { instruments.failed.increment() }
            throw error
        }
    }

    private func instruments(of pipeline: String) -> Instruments {
        instruments.withLock { known in
            if let found = known[pipeline] { return found }
            let made = Instruments(pipeline: pipeline, factory: factory)
            known[pipeline] = made
            return made
        }
    }
}
