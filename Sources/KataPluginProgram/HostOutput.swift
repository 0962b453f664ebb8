import Glibc
import Kata
import Synchronization

/// The way to the host: what was standard output.
final class HostOutput: Sendable {
    private let descriptor: Mutex<Int32>

    init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    /// Sends a message as one line. If the host is gone, the process ends.
    ///
    /// - Parameter fields: writes the fields after the type.
    func send(_ type: String, _ fields: (inout JSONWriter) -> Void) {
        send(line: JSONWriter.message(type, fields))
    }

    /// Sends a message that is put together already.
    func send(line: [UInt8]) {
        descriptor.withLock { descriptor in
            do {
                try writeAll(line, to: descriptor, name: "the host")
            } catch {
                // The host is gone, and so is everybody who could be told.
                _exit(1)
            }
        }
    }
}
