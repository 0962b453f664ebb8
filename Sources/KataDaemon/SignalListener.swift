import Kata
import Logging
import ServiceLifecycle

/// Turns signals into what they mean to a daemon: SIGTERM and SIGINT drain, a second one of them stops at once, SIGHUP
/// reloads. During a drain SIGHUP is ignored.
struct SignalListener: Service {
    let signals: AsyncStream<DaemonSignal>
    let engine: Engine
    let status: ServiceStatus
    let logger: Logger
    /// Begins to drain; what caused it is for the log.
    let drain: @Sendable (_ cause: Logger.Metadata) -> Void
    let reload: @Sendable () async -> Void

    func run() async throws {
        for await signal in signals.cancelOnGracefulShutdown() {
            switch signal {
            case .hangup where !engine.isDraining: await reload()
            case .terminate, .interrupt: stop(signal)
            case .hangup: logger.debug("signal ignored", metadata: ["signal": "\(signal)"])
            }
        }
    }

    private func stop(_ signal: DaemonSignal) {
        if engine.isDraining {
            logger.warning("stopping at once", metadata: ["signal": "\(signal)"])
            status.stoppingAtOnce()
            engine.giveUp()
        } else {
            // Somebody who pressed Ctrl-C has to know what he waits for.
            drain([
                "signal": "\(signal)", "takes_at_most_seconds": "\(engine.drainTimeout.formattedSeconds)",
                "to_stop_at_once": "send it again",
            ])
        }
    }
}
