import Glibc

/// Writes log entries to a descriptor, such as standard error, as they are.
struct DescriptorSink: LogSink {
    let descriptor: Int32

    func write(_ entries: LogEntries) -> Int {
        var rest = entries.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Whoever gave the descriptor has made it one that does not block.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                // There is nowhere to tell: to count these would add a line for each that fails.
                return 0
            }
        }
        return 0
    }

    /// What was written is whole in the file or pipe, and nobody has to take it at once.
    func waitUntilTaken(within limit: Duration) {}
}
