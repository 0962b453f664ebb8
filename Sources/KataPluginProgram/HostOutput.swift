import Glibc
import Kata
import Synchronization

/// The way to the host: what was standard output.
final class HostOutput: Sendable {
    private let descriptor: Mutex<Int32>

    init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    /// Sends a message.
    ///
    /// - Parameter fields: writes the fields after the type, each beginning with a comma.
    func send(_ type: StaticString, _ fields: (inout JSONWriter) -> Void) {
        let line = JSONWriter.message(type, fields)
        descriptor.withLock { descriptor in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                // The host is gone, and so is everybody who could be told.
                if count < 0 { _exit(1) }
                rest = rest.dropFirst(count)
            }
        }
    }
}
