import Kata
import ServiceLifecycle

/// Gives the service manager its signs of life, each after an answer of the recorder, whose thread is the one that must not hang.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let recorder: Recorder

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                if let interval = notifier.watchdogInterval {
                    try await giveSigns(every: interval / 2)
                } else {
                    // Nobody asks for signs. The group takes a service that returns for the end of the daemon.
                    try await Signal().wait()
                }
            }
        } catch is CancellationError {
            // The shutdown.
        }
    }

    private func giveSigns(every interval: Duration) async throws {
        while true {
            try await recorder.flush()
            notifier.aliveSign()
            try await PreciseClock().sleep(for: interval)
        }
    }
}
