import CLinux
import Glibc
import Kata

/// Sends log entries to the journal, each with its fields, in the journal's own protocol.
///
/// Standard error leads to the journal as well, but only until the journal's sockets are made anew: what is written there
/// afterwards is lost. This socket is found again by its name.
struct JournalSink: LogSink {
    private let path: String
    /// Negative while nobody is bound to the path.
    private var descriptor: Int32

    /// How long it is from one try to the next where nothing says when the journal takes entries again.
    private static let pause = Duration.milliseconds(100)
    /// How long the wait for room goes on without a look at whether the journal is still the same.
    private static let roomPatience: Int32 = 1_000

    /// - Returns: `nil` if no journal is bound to that path.
    init?(path: String) {
        self.path = path
        descriptor = clinux_datagram_connect(path)
        if descriptor < 0 { return nil }
    }

    /// The socket of the journal that a descriptor leads to: it is beside the one that the descriptor is connected to.
    ///
    /// - Returns: `nil` if it leads elsewhere.
    static func path(besideStream descriptor: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) } == 0
        }
        guard isKnown, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let stream = withUnsafeBytes(of: &address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let ending = "/stdout"
        // The standard one, or that of a namespace: /run/systemd/journal.NAME/stdout
        return stream.hasSuffix(ending) ? "\(stream.dropLast(ending.utf8.count))/socket" : nil
    }

    mutating func write(_ entries: LogEntries) -> Int {
        var lost = 0
        var start = 0
        for end in entries.ends {
            if !send(entries.bytes[start..<end]) { lost += 1 }
            start = end
        }
        return lost
    }

    func waitUntilTaken(within limit: Duration) {
        // The journal finds out whose an entry is by looking at its sender, who should not be gone by then.
        let deadline = PreciseClock().now.advanced(by: limit)
        while clinux_datagram_is_taken(descriptor) == 0 && PreciseClock().now < deadline {
            // Of that the system tells nobody.
            usleep(1_000)
        }
    }

    /// Sends an entry, however long the journal takes none.
    ///
    /// - Returns: `false` if it is one that can't be sent.
    private mutating func send(_ entry: ArraySlice<UInt8>) -> Bool {
        while true {
            if descriptor < 0 { descriptor = clinux_datagram_connect(path) }
            if descriptor < 0 {
                pause()
                continue
            }
            if entry.withUnsafeBytes({ clinux_datagram_send(descriptor, $0.baseAddress, $0.count) }) == 0 {
                return true
            }
            switch errno {
            case EINTR: break
            case EAGAIN: waitForRoom()
            // More memory is needed, or too many files wait to be taken, of which the socket says nothing.
            case ENOBUFS, ETOOMANYREFS: pause()
            // The journal that was there is not any more; there may be another one.
            case ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE, ENOENT:
                close(descriptor)
                descriptor = -1
            default: return false
            }
        }
    }

    /// Blocks the log's thread, which has nothing else to do meanwhile.
    private func pause() { usleep(UInt32(Self.pause.milliseconds) * 1_000) }

    private func waitForRoom() {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let count = Glibc.poll(&poll, 1, Self.roomPatience)
        // An error is there at once, and again and again: without a pause this would keep a processor busy.
        if count < 0 || poll.revents & Int16(POLLOUT) == 0 { usleep(1_000) }
    }
}
