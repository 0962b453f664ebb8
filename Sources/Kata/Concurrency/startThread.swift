import Foundation

/// Starts a thread of its own for work that blocks, which must never be done on the cooperative pool.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    // By the thread itself: the system does not hear of a name that is given before the start.
    let thread = Thread {
        nameThread(name)
        body()
    }
    thread.start()
}

/// Names the current thread, which somebody else has started.
package func nameThread(_ name: String) {
    Thread.current.name = name
}
