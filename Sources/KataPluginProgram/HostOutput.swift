import Glibc
import Kata
import Synchronization

/// The way to the host: what was standard output.
final class HostOutput: Sendable {
    private let descriptor: Mutex<Int32>

    /// Takes standard output over. What prints from here on gets to standard error, and so to the host's log, instead of
    /// between the messages; a child of this program can't write there either.
    init() {
        descriptor = Mutex(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))
        dup2(STDERR_FILENO, STDOUT_FILENO)
    }

    /// Sends a message.
    ///
    /// - Parameter fields: writes the fields after the type, each beginning with a comma.
    func send(_ type: String, _ fields: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.raw("{\"type\":\"")
        json.raw(type)
        json.raw("\"")
        fields(&json)
        json.raw("}\n")
        descriptor.withLock { descriptor in
            var rest = json.bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                // The host is gone, and so is everybody who could be told.
                if count < 0 { exit(1) }
                rest = rest.dropFirst(count)
            }
        }
    }
}
