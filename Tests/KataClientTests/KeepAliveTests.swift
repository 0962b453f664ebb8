import Dispatch
import KataAPI
import KataTestSupport
import Testing

@testable import KataClient

@Suite("A connection", .timeLimit(.minutes(10)))
struct KeepAliveTests {
    private let servers = Servers()

    /// Answers each request on a connection with the connection's number.
    private static func script(_ number: Int, headers: String = "") -> ScriptedServer.Script {
        { peer in
            while true {
                try peer.request()
                try peer.send(changed(number, headers: headers))
            }
        }
    }

    @Test("is kept for the next request, of another client of the same socket, too")
    func reuse() async throws {
        let server = try servers.start(Self.script(1), Self.script(2))
        let client = ControlClient(patient: server.socket)
        var answers: [Int] = []
        for _ in 0..<100 { answers.append(try await client.change()) }
        answers.append(try await ControlClient(patient: server.socket).change())
        #expect(answers == [Int](repeating: 1, count: 101))
        #expect(server.connectionCount == 1)
    }

    @Test("is kept after a body in chunks")
    func chunks() async throws {
        let server = try servers.start { peer in
            for number in 1...2 {
                try peer.request()
                try peer.send("HTTP/1.1 200 OK\r\nKata-Version: 1\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n")
                try peer.send("{\"changed\":\(number)}\r\n0\r\n\r\n")
            }
        }
        let client = ControlClient(patient: server.socket)
        #expect(try await [client.change(), client.change()] == [1, 2])
        #expect(server.connectionCount == 1)
    }

    @Test("is used by one request at a time")
    func concurrent() async throws {
        let arrived = Signal<Int>()
        let server = try servers.start(
            { peer in
                try peer.request()
                arrived.send(1)
                try peer.request()
            }, Self.script(2))
        let client = ControlClient(patient: server.socket)
        let first = Task { await outcome { try await client.change() } }
        #expect(await arrived.next() == 1)
        #expect(try await [client.change(), client.change()] == [2, 2])
        first.cancel()
        #expect(await first.value == "CancellationError()")
    }

    @Test(
        "is not kept if the daemon says so",
        arguments: ["Connection: close\r\n", "Connection: Keep-Alive, close\r\n"])
    func closing(header: String) async throws {
        let server = try servers.start(Self.script(1, headers: header), Self.script(2))
        let client = ControlClient(patient: server.socket)
        #expect(try await [client.change(), client.change()] == [1, 2])
    }

    @Test("is not kept with HTTP/1.0")
    func oldVersion() async throws {
        let server = try servers.start(
            { peer in
                try peer.request()
                try peer.send(changed(1).replacing("HTTP/1.1", with: "HTTP/1.0"))
                peer.waitForEnd()
            }, Self.script(2))
        let client = ControlClient(patient: server.socket)
        #expect(try await [client.change(), client.change()] == [1, 2])
    }

    @Test("that the daemon has closed is not used again, whatever the request")
    func closedBetween() async throws {
        let (client, server) = try await clientWithBrokenConnection { _ in }
        #expect(try await client.change() == 2)
        #expect(server.connectionCount == 2)
    }

    @Test(
        "on which the daemon speaks without being asked is not used again", arguments: [changed(9), "HTTP/1.1 2", "x"])
    func unasked(text: String) async throws {
        let (client, server) = try await clientWithBrokenConnection { peer in
            try peer.send(text)
            peer.waitForEnd()
        }
        #expect(try await client.change() == 2)
        #expect(server.connectionCount == 2)
    }

    /// A client whose kept connection is not open any more, which it knows.
    private func clientWithBrokenConnection(
        _ end: @escaping ScriptedServer.Script
    ) async throws -> (ControlClient, ScriptedServer) {
        let isKept = DispatchSemaphore(value: 0)
        let server = try servers.start(
            { peer in
                try peer.request()
                try peer.send(changed(1))
                isKept.wait()
                try end(peer)
            }, Self.script(2))
        let client = ControlClient(patient: server.socket)
        #expect(try await client.change() == 1)
        let connection = try #require(IdleConnections.shared.take(to: server.socket))
        IdleConnections.shared.keep(connection, to: server.socket)
        isKept.signal()
        try await #expect(eventually { !connection.isOpen })
        return (client, server)
    }

    struct Request: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let send: @Sendable (ControlClient) async throws -> Int
        let answer: String
        let outcome: String
    }

    @Test(
        "that ends before any byte of an answer is replaced if the request may be repeated",
        arguments: [
            Request(testDescription: "GET", send: { try await $0.list() }, answer: noJobs, outcome: "0"),
            Request(
                testDescription: "POST with a key",
                send: { Int(try await $0.submit([], to: "mail", key: "k").ids[0]) }, answer: submitted, outcome: "7"),
            Request(
                testDescription: "POST", send: { try await $0.change() }, answer: changed(2), outcome: "interrupted"),
            Request(
                testDescription: "POST of jobs without a key",
                send: { Int(try await $0.submit([], to: "mail").ids[0]) },
                answer: submitted, outcome: "interrupted"),
        ])
    func repetition(request: Request) async throws {
        let server = try servers.start(
            { peer in
                try peer.request()
                try peer.send(changed(1))
                try peer.request()
            },
            { peer in
                try peer.request()
                try peer.send(request.answer)
            })
        let client = ControlClient(patient: server.socket)
        #expect(try await client.change() == 1)
        #expect(await outcome { try await request.send(client) } == request.outcome)
        #expect(server.connectionCount == (request.outcome == "interrupted" ? 1 : 2))
    }

    @Test("that ends within an answer is not replaced", arguments: ["H", String(noJobs.dropLast(1))])
    func cutAnswer(text: String) async throws {
        let server = try servers.start(
            { peer in
                try peer.request()
                try peer.send(noJobs)
                try peer.request()
                try peer.send(text)
            }, Self.script(2))
        let client = ControlClient(patient: server.socket)
        #expect(try await client.list() == 0)
        await #expect(throws: ControlClientError.interrupted(socket: server.socket)) { try await client.list() }
        #expect(server.connectionCount == 1)
    }

    @Test("that is new and ends before any byte of an answer is not replaced")
    func newConnection() async throws {
        let server = try servers.start { try $0.request() }
        await #expect(throws: ControlClientError.interrupted(socket: server.socket)) {
            try await ControlClient(patient: server.socket).list()
        }
        #expect(server.connectionCount == 1)
    }
}
