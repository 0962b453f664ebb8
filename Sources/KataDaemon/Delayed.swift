import Kata
import ServiceLifecycle

/// A service that starts once a signal has fired, or not at all if the shutdown comes first.
struct Delayed<Wrapped: Service>: Service {
    let service: Wrapped
    let signal: Signal

    init(service: Wrapped, until signal: Signal) {
        self.service = service
        self.signal = signal
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await signal.wait() }
        } catch is CancellationError {
            return
        }
        try await service.run()
    }
}
