import Kata
import ServiceLifecycle

/// Has the service manager wait for a drain, however much longer than its own timeout `drain_timeout` is.
struct DrainExtension: Service {
    let notifier: ServiceNotifier
    let engine: Engine

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await engine.drainBegan()
                try await notifier.extendTimeoutUntilCancelled()
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }
}
