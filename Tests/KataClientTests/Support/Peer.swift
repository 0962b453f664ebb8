import Glibc
import Synchronization

/// A client, as a scripted server sees it.
final class Peer: Sendable {
    struct Gone: Error {}

    private let descriptor: CInt
    private let isClosed = Mutex(false)

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// The next request, as it was sent.
    ///
    /// - Throws: ``Gone`` if the client ends the connection.
    @discardableResult
    func request() throws -> String {
        let head = try requestHead()
        var body: [UInt8] = []
        let length = head.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.output.1) } ?? 0
        while body.count < length { body += try readSome(upTo: length - body.count) }
        return head + String(decoding: body, as: UTF8.self)
    }

    /// The head of the next request; the body stays where it is.
    @discardableResult
    func requestHead() throws -> String {
        var bytes: [UInt8] = []
        while !bytes.ends(with: "\r\n\r\n".utf8) { bytes += try readSome(upTo: 1) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count { sent += try sendSome(bytes[sent...], flags: 0) }
    }

    /// Sends until there is no room left, and for a while nobody makes any.
    ///
    /// - Returns: how many bytes of them were sent.
    func sendWhileRead(_ bytes: [UInt8]) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&state, 1, 300) == 0 { break }
            sent += try sendSome(bytes[sent...], flags: CInt(MSG_DONTWAIT))
        }
        return sent
    }

    /// Returns when the client has ended the connection.
    func waitForEnd() {
        while (try? readSome(upTo: 4_096)) != nil {}
    }

    /// Ends the connection from another thread; the script sees it.
    func hangUp() {
        isClosed.withLock { isClosed in
            if !isClosed { shutdown(descriptor, CInt(SHUT_RDWR)) }
        }
    }

    /// Ends the connection for good.
    func finish() {
        isClosed.withLock { isClosed in
            if !isClosed { close(descriptor) }
            isClosed = true
        }
    }

    private func readSome(upTo count: Int) throws -> ArraySlice<UInt8> {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = recv(descriptor, &bytes, count, 0)
        guard read > 0 else { throw Gone() }
        return bytes[..<read]
    }

    private func sendSome(_ bytes: ArraySlice<UInt8>, flags: CInt) throws -> Int {
        let sent = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, flags | CInt(MSG_NOSIGNAL))
        }
        guard sent > 0 else { throw Gone() }
        return sent
    }
}

extension [UInt8] {
    fileprivate func ends(with end: String.UTF8View) -> Bool {
        suffix(end.count).elementsEqual(end)
    }
}
