import Kata
import ServiceLifecycle

/// Keeps a session in a database alive while there is nothing to record: each transaction puts off the end of its lease.
struct SessionService: Service {
    let recorder: Recorder
    let interval: Duration

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await PreciseClock().sleep(for: interval)
                    try await recorder.flush()
                }
            }
        } catch is CancellationError {
            // The shutdown.
        } catch is RecorderFailure {
            // The recorder says it, and ends the daemon.
        }
    }
}
