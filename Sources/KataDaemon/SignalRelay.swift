import Kata
import Synchronization

/// Takes the process's signals from the start on. Their sequence can be read by one task only, and during the start another one
/// has to know of them than afterwards.
final class SignalRelay: Sendable {
    /// Opens with the first signal that asks for the daemon's end.
    let endAsked = Latch()
    /// Every signal in order, those of the start included.
    let signals: AsyncStream<DaemonSignal>

    init(_ sequence: AsyncStream<DaemonSignal>) {
        let (signals, continuation) = AsyncStream.makeStream(of: DaemonSignal.self)
        self.signals = signals
        // As long as the process: it has one line of signals.
        Task { [endAsked] in
            for await signal in sequence {
                if signal == .terminate || signal == .interrupt { endAsked.open() }
                continuation.yield(signal)
            }
            continuation.finish()
        }
    }
}
