import KataAPI
import Testing

@testable import KataClient

@Suite("An export", .timeLimit(.minutes(10)))
struct ExportTests {
    private let servers = Servers()

    private static let head = "HTTP/1.1 200 OK\r\nKata-Version: 1\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    @Test("is what the daemon sends")
    func whole() async throws {
        let lines = (0..<10_000).map { "c1 | \($0)\n" }
        let chunks = lines.map(chunk)
        let server = try servers.start { peer in
            #expect(try peer.request().hasPrefix("GET /v1/export?pipeline=kata&run=latest HTTP/1.1\r\n"))
            try peer.send(Self.head)
            for chunk in chunks { try peer.send(chunk) }
            try peer.send("0\r\n\r\n")
        }
        var bytes: [UInt8] = []
        for try await part in try await ControlClient(patient: server.socket).export(pipeline: "kata", run: "latest") {
            #expect(part.count > 0)
            bytes += part
        }
        #expect(String(decoding: bytes, as: UTF8.self) == lines.joined())
    }

    @Test("of nothing is nothing")
    func empty() async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(Self.head + "0\r\n\r\n")
        }
        for try await part in try await ControlClient(patient: server.socket).export(pipeline: nil, run: "all") {
            Issue.record("\(part)")
        }
    }

    @Test("that breaks off gives what there is, and then an error")
    func cut() async throws {
        let sent = Self.head + chunk("c1 | 0\n")
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(sent)
        }
        let export = try await ControlClient(patient: server.socket).export(pipeline: nil, run: "all")
        var text = ""
        await #expect(throws: ControlClientError.interrupted(socket: server.socket)) {
            for try await bytes in export { text += String(decoding: bytes, as: UTF8.self) }
        }
        #expect(text == "c1 | 0\n")
    }

    @Test("that the daemon refuses is an error before the first line")
    func refused() async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(answer(#"{"status":404,"title":"Not found","detail":"no run 7"}"#, status: "404 Not Found"))
        }
        await #expect(
            throws: ControlClientError.refused(.init(status: 404, title: "Not found", detail: "no run 7"))
        ) {
            _ = try await ControlClient(patient: server.socket).export(pipeline: nil, run: "7")
        }
    }

    @Test("stays in the daemon while nobody reads it, and then goes on")
    func backPressure() async throws {
        let size = 64 << 20
        let sentFirst = Signal<Int>()
        let server = try servers.start { peer in
            try peer.request()
            try peer.send("HTTP/1.1 200 OK\r\nKata-Version: 1\r\nContent-Length: \(size)\r\n\r\n")
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            let sent = try peer.sendWhileRead(bytes)
            sentFirst.send(sent)
            try peer.send(Array(bytes[sent...]))
        }
        var parts = try await ControlClient(patient: server.socket).export(pipeline: nil, run: "all")
            .makeAsyncIterator()
        var count = try #require(await parts.next()).count
        #expect(try #require(await sentFirst.next()) < 4 << 20)
        while let part = try await parts.next() { count += part.count }
        #expect(count == size)
    }
}
