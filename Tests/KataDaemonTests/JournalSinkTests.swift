import Foundation
import Glibc
import Kata
import KataTestSupport
import Testing

@testable import KataDaemon

@Suite("The way to the journal", .timeLimit(.minutes(20)))
struct JournalSinkTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "journal-\(UUID().uuidString)"
    )
    .path

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    private var path: String { "\(directory)/socket" }

    @Test("sends each entry as a datagram of its own")
    func entries() async throws {
        defer { remove() }
        let journal = try Journal(path: path)
        let writer = try LogWriter(to: try #require(JournalSink(path: path))) { "\($0) dropped\n" }
        writer.write("MESSAGE=a\n")
        writer.write("MESSAGE=b\n")
        #expect(try await journal.next() == "MESSAGE=a\n")
        #expect(try await journal.next() == "MESSAGE=b\n")
    }

    @Test("sends what is too large for a datagram as a file that nobody can change")
    func large() async throws {
        defer { remove() }
        let journal = try Journal(path: path)
        let writer = try LogWriter(to: try #require(JournalSink(path: path))) { "\($0) dropped\n" }
        let entry = "MESSAGE=\(String(repeating: "x", count: 600_000))\n"
        writer.write(entry)
        writer.write("MESSAGE=after\n")
        let file = try await journal.nextFile()
        defer { close(file) }
        #expect(FileManager.default.contents(atPath: "/proc/self/fd/\(file)") == Data(entry.utf8))
        #expect(write(file, "x", 1) < 0)
        #expect(try await journal.next() == "MESSAGE=after\n")
    }

    @Test("holds up nobody who logs, and goes on with a journal that is bound anew")
    func boundAnew() async throws {
        defer { remove() }
        let first = try bound(SOCK_DGRAM, path)
        let writer = try LogWriter(to: try #require(JournalSink(path: path))) { "dropped \($0)\n" }
        // More than the socket takes while nobody reads it.
        for number in 0..<5_000 { writer.write("MESSAGE=\(number)\n") }
        close(first)
        unlink(path)
        writer.flush(within: .zero)
        let second = try Journal(path: path)
        writer.write("MESSAGE=last\n")
        try await #expect(eventually { second.receive()?.text == "MESSAGE=last\n" })
    }

    @Test("is flushed once the journal has taken everything")
    func flush() async throws {
        defer { remove() }
        let journal = try Journal(path: path)
        let writer = try LogWriter(to: try #require(JournalSink(path: path))) { "\($0) dropped\n" }
        writer.write("MESSAGE=a\n")
        // It blocks, which would hold up other tests.
        let flushed = Task { try await onThread(named: "flush") { writer.flush(within: .seconds(60)) } }
        #expect(try await journal.next() == "MESSAGE=a\n")
        try await flushed.value
        #expect(journal.receive() == nil)
    }

    @Test("is not there without a journal")
    func missing() {
        #expect(JournalSink(path: path) == nil)
    }

    @Test("is beside the stream that standard error is connected to")
    func place() throws {
        defer { remove() }
        let listener = try bound(SOCK_STREAM, "\(directory)/stdout")
        defer { close(listener) }
        #expect(listen(listener, 1) == 0)
        let stream = try connected(to: "\(directory)/stdout")
        defer { close(stream) }
        #expect(JournalSink.path(besideStream: stream) == path)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(JournalSink.path(besideStream: ends[1]) == nil)
    }

    private func remove() {
        // It is in the way of nobody.
        try? FileManager.default.removeItem(atPath: directory)
    }
}

/// A socket that takes entries as the journal does.
private final class Journal: Sendable {
    struct Datagram {
        let text: String
        let file: Int32?
    }

    private let descriptor: Int32

    init(path: String) throws {
        descriptor = try bound(SOCK_DGRAM, path)
    }

    deinit { close(descriptor) }

    func next() async throws -> String {
        var text: String?
        try await #require(
            eventually {
                text = self.receive()?.text
                return text != nil
            })
        return try #require(text)
    }

    func nextFile() async throws -> Int32 {
        var file: Int32?
        try await #require(
            eventually {
                file = self.receive()?.file
                return file != nil
            })
        return try #require(file)
    }

    /// What has arrived; `nil` if nothing has.
    func receive() -> Datagram? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        // Room for the header and one descriptor, at an address that suits both.
        var control = [UInt64](repeating: 0, count: 3)
        let (count, length) = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    let count = recvmsg(descriptor, &message, Int32(MSG_DONTWAIT))
                    return (count, message.msg_controllen)
                }
            }
        }
        if count < 0 { return nil }
        // The length and the kind take 16 bytes, and the descriptor follows.
        let file = length > 16 ? Int32(truncatingIfNeeded: control[2]) : nil
        return Datagram(text: String(decoding: bytes.prefix(count), as: UTF8.self), file: file)
    }
}

private func bound(_ type: __socket_type, _ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(type.rawValue), 0)
    try #require(descriptor >= 0)
    try #require(withAddress(path) { bind(descriptor, $0, $1) } == 0)
    return descriptor
}

private func connected(to path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    try #require(withAddress(path) { connect(descriptor, $0, $1) } == 0)
    return descriptor
}

private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
