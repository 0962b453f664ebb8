import Kata
import Synchronization

/// That something may be to do for whoever looks after a pipeline. Each of those that wait is woken.
final class Arrivals: Sendable {
    private let latch = Mutex(Latch())

    /// Opens with the next arrival. To be taken before one looks whether there is something to do.
    var next: Latch { latch.withLock { $0 } }

    func tell() {
        let latch = latch.withLock { latch in
            defer { latch = Latch() }
            return latch
        }
        latch.open()
    }
}
