import Kata
import Logging
import ServiceLifecycle

/// Prunes jobs once an hour, as the configuration says.
struct RetentionService: Service {
    let engine: Engine
    let logger: Logger
    private static let interval = Duration.seconds(3_600)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    await prune()
                    try await PreciseClock().sleep(for: Self.interval)
                }
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func prune() async {
        for pipeline in engine.pipelines {
            do {
                try await pipeline.pruneByRetention()
            } catch {
                logger.error("pruning failed", metadata: ["pipeline": "\(pipeline.name)", "error": "\(error)"])
            }
        }
    }
}
