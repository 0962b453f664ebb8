import Glibc
import KataTestSupport
import Testing

@testable import KataClient

@Suite("A client that waits", .timeLimit(.minutes(10)))
struct TimeoutTests {
    private let servers = Servers()

    @Test("does so for as long as it is said")
    func limits() {
        let limits = AnswerLimits()
        #expect([limits.prompt, limits.disk, limits.export].map(\.shortText) == ["10 s", "10 min", "24 h"])
    }

    @Test(
        "says how long it has waited in the unit in which that is short",
        arguments: [
            (Duration.zero, "0 ms"), (.milliseconds(1_500), "1500 ms"), (.seconds(1), "1 s"), (.seconds(90), "90 s"),
            (.seconds(3_600), "1 h"), (.seconds(5_400), "90 min"), (.seconds(10_000_000_000), "10000000000 s"),
        ])
    func text(duration: Duration, text: String) {
        #expect(duration.shortText == text)
    }

    @Test("gives up if the daemon does not accept, or does not read", arguments: [0, 4 << 20])
    func frozen(size: Int) async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.path("s")
        let listener = try SocketFile.listening(at: socket)
        defer { close(listener) }
        let lines = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        await #expect(throws: ControlClientError.notReachable(socket: socket, reason: "no answer within 50 ms")) {
            try await ControlClient(impatient: socket).submit(lines, to: "mail")
        }
    }

    @Test("gives up if the daemon does not answer, and closes the connection")
    func silent() async throws {
        let ended = Signal<Void>()
        let server = try servers.start { peer in
            peer.waitForEnd()
            ended.send(())
        }
        await expectTimeout(of: ControlClient(impatient: server.socket), "no answer within 50 ms")
        #expect(await ended.next() != nil)
    }

    @Test("gives up if the daemon does not answer on the connection that was kept")
    func silentLater() async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(changed(1))
            peer.waitForEnd()
        }
        let client = ControlClient(patient: server.socket)
        #expect(try await client.change() == 1)
        await expectTimeout(of: ControlClient(impatient: server.socket), "no answer within 50 ms")
        #expect(server.connectionCount == 1)
    }

    @Test(
        "gives up if the daemon stops within its answer",
        arguments: ["H", "HTTP/1.1 200 OK\r\nKata-Version: 1\r\n", String(changed(1).dropLast(1))])
    func stopped(text: String) async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send(text)
            peer.waitForEnd()
        }
        await expectTimeout(within: "only a part of its answer", server) { try await $0.change() }
    }

    @Test("gives up if the daemon's answer has no end")
    func endless() async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send("HTTP/1.1 200 OK\r\nKata-Version: 1\r\n\r\n")
            while true { try peer.send(" ") }
        }
        await expectTimeout(within: "only a part of its answer", server) { try await $0.change() }
    }

    @Test("gives up an export that is not complete in time")
    func export() async throws {
        let server = try servers.start { peer in
            try peer.request()
            try peer.send("HTTP/1.1 200 OK\r\nKata-Version: 1\r\nContent-Length: 100\r\n\r\nc1 | 0\n")
            peer.waitForEnd()
        }
        await expectTimeout(within: "only a part of its answer", server) { client in
            var text = ""
            do {
                for try await bytes in try await client.export(pipeline: nil, run: "all") {
                    text += String(decoding: bytes, as: UTF8.self)
                }
            } catch {
                #expect(["", "c1 | 0\n"].contains(text))
                throw error
            }
            return text.utf8.count
        }
    }

    /// On a busy machine the beginning of an answer may come too late for a short limit, so that longer ones are tried.
    private func expectTimeout(
        within what: String, _ server: ScriptedServer, _ place: SourceLocation = #_sourceLocation,
        _ body: (ControlClient) async throws -> Int
    ) async {
        for limit in [Duration.milliseconds(50), .milliseconds(500), .seconds(5), .seconds(30)] {
            let error = await #expect(throws: ControlClientError.self, sourceLocation: place) {
                try await body(ControlClient(impatient: server.socket, for: limit))
            }
            guard case .notReachable(server.socket, "no answer within \(limit.shortText)") = error else {
                let reason = "\(what) within \(limit.shortText)"
                #expect(error == .notReachable(socket: server.socket, reason: reason), sourceLocation: place)
                return
            }
        }
        Issue.record("nothing of the answer came", sourceLocation: place)
    }

    private func expectTimeout(
        of client: ControlClient, _ reason: String, _ place: SourceLocation = #_sourceLocation
    ) async {
        await #expect(
            throws: ControlClientError.notReachable(socket: client.socket, reason: reason), sourceLocation: place
        ) {
            try await client.change()
        }
    }
}
