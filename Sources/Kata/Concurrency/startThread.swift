import Foundation

/// Starts a thread of its own for work that blocks, which must never be done on the cooperative pool.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.start()
}
