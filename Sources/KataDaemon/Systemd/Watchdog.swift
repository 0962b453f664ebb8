import Kata
import ServiceLifecycle

/// Gives the service manager its signs of life, each after an answer of the recorder, whose thread is the one that must
/// not hang.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let recorder: Recorder

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                if let interval = notifier.watchdogInterval {
                    try await giveSigns(every: interval / 2)
                } else {
                    // No signs are wanted. If this returned, the service group would end the daemon.
                    try await Latch().wait()
                }
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func giveSigns(every interval: Duration) async throws {
        while true {
            try await recorder.answer()
            notifier.aliveSign()
            try await PreciseClock().sleep(for: interval)
        }
    }
}
