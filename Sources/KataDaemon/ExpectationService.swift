import Kata
import Logging
import ServiceLifecycle

/// Looks whether successes are overdue that pipelines are expected to have.
struct ExpectationService: Service {
    let engine: Engine
    let logger: Logger
    /// How long after a success a status still says that it is overdue, and a reload is not noticed, at the longest.
    private static let interval = Duration.seconds(5)
    private static let shortest = Duration.milliseconds(100)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    let next = await look()
                    let left = next.map { Timestamp.now().duration(to: $0) } ?? Self.interval
                    try await PreciseClock().sleep(for: min(max(left, Self.shortest), Self.interval))
                }
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func look() async -> Timestamp? {
        var next: Timestamp?
        for pipeline in engine.pipelines {
            do {
                next = [next, try await pipeline.lookForOverdue()].compactMap { $0 }.min()
            } catch {
                logger.error(
                    "nobody looked whether a success is overdue",
                    metadata: ["pipeline": "\(pipeline.name)", "error": "\(error)"])
            }
        }
        return next
    }
}
