import CLinux
import Glibc

/// Starts a thread of its own for work that blocks, which must never be done on the cooperative pool.
///
/// - Parameter name: as the system shows it, which cuts it to 15 bytes.
/// - Throws: ``SystemShortage`` if there is no room for a thread.
package func startThread(
    named name: String, _ body: @escaping @Sendable () -> Void
) throws(SystemShortage) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let main = Unmanaged.passRetained(ThreadMain(name: name, body: body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread, &attributes,
        { argument in
            if let argument { Unmanaged<ThreadMain>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }, main.toOpaque())
    if code != 0 {
        main.release()
        throw SystemShortage("start the thread '\(name)'", code: code)
    }
}

/// What a thread does, on the way to it.
private final class ThreadMain: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        clinux_name_thread(name)
        body()
    }
}

/// Names the current thread, whoever has started it.
///
/// - Parameter name: at most 15 bytes.
package func nameThread(_ name: String) {
    clinux_name_thread(name)
}
