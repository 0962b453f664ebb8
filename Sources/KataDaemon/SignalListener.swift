import Kata
import Logging
import ServiceLifecycle

/// Turns signals into what they mean to a daemon: SIGTERM and SIGINT drain, a second one of them stops at once, SIGHUP
/// reloads. During a drain SIGHUP is ignored.
struct SignalListener: Service {
    let signals: AsyncStream<DaemonSignal>
    let requests: DaemonRequests
    let logger: Logger

    func run() async throws {
        let (hangups, hangup) = AsyncStream<DaemonSignal>.makeStream()
        await withDiscardingTaskGroup { group in
            // Beside the other signals: a reload may have to wait for a file system, and no drain waits for it.
            group.addTask { for await signal in hangups { await reload(signal) } }
            for await signal in signals.cancelOnGracefulShutdown() {
                switch signal {
                case .hangup: hangup.yield(signal)
                case .terminate, .interrupt: stop(signal)
                }
            }
            hangup.finish()
        }
    }

    private func reload(_ signal: DaemonSignal) async {
        if engine.isDraining {
            logger.debug("signal ignored", metadata: ["signal": "\(signal)"])
        } else {
            await requests.reload()
        }
    }

    private var engine: Engine { requests.engine }

    private func stop(_ signal: DaemonSignal) {
        if engine.isDraining {
            requests.stopAtOnce(["signal": "\(signal)"])
        } else {
            // Somebody who pressed Ctrl-C has to know what he waits for.
            requests.drain([
                "signal": "\(signal)", "takes_at_most_seconds": "\(engine.drainTimeout.formattedSeconds)",
                "to_stop_at_once": "send it again",
            ])
        }
    }
}
