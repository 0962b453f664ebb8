import Kata
import ServiceLifecycle

/// A service that starts once a latch is open, or not at all if the shutdown comes first.
struct DelayedStart<Wrapped: Service>: Service {
    let service: Wrapped
    let latch: Latch

    init(service: Wrapped, until latch: Latch) {
        self.service = service
        self.latch = latch
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await latch.wait() }
        } catch is CancellationError {
            return
        }
        try await service.run()
    }
}
