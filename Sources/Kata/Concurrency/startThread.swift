import CLinux
import Foundation

/// Starts a thread of its own for work that blocks, which must never be done on the cooperative pool.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    // By the thread itself: the system does not hear of a name that Foundation is given before the start.
    let thread = Thread {
        nameThread(name)
        body()
    }
    thread.start()
}

/// Names the current thread, whoever has started it.
///
/// - Parameter name: at most 15 bytes.
package func nameThread(_ name: String) {
    clinux_name_thread(name)
}
