import Kata
import Synchronization

/// Which parts of the daemon do not get on, as the watchdog saw it last.
final class ProgressReport: Sendable {
    private let current = Mutex<[ProgressStall]>([])

    var stalls: [ProgressStall] { current.withLock { $0 } }

    func set(_ stalls: [ProgressStall]) {
        current.withLock { $0 = stalls }
    }
}
