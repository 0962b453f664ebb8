import Foundation
import KataTestSupport
import Testing

@Suite("A connection to the control socket", .timeLimit(.minutes(10)))
struct HTTPConversationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sent: String
        /// The status of each answer.
        let answers: [Int]
        /// What is in all of them together.
        var parts: [String] = []
        /// Whether the daemon makes the end, and not the client.
        var isEndedByDaemon = false
    }

    private static let job = post("{\"item\":\"a\"}")

    private static func post(_ body: String, _ headers: String = "", version: String = "1.1") -> String {
        "POST /v1/pipelines/mail/jobs HTTP/\(version)\r\nHost: kata\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func statuses(in text: String) -> [Int] {
        text.matches(of: /HTTP\/1\.[01] (\d+)\b/).compactMap { Int($0.output.1) }
    }

    @Test(
        "is served as HTTP wants it",
        arguments: [
            Case(
                testDescription: "one request", sent: job, answers: [201], parts: ["Kata-Version: 0.", "\"ids\":[1]"]),
            Case(
                testDescription: "several at once", sent: job + job + job, answers: [201, 201, 201],
                parts: ["\"ids\":[1]", "\"ids\":[2]", "\"ids\":[3]"]),
            Case(
                testDescription: "the last one is announced", sent: post("{\"item\":1}", "Connection: close\r\n"),
                answers: [201], parts: ["Connection: close"], isEndedByDaemon: true),
            Case(
                testDescription: "HTTP/1.0", sent: post("{\"item\":1}", version: "1.0"), answers: [201],
                parts: ["HTTP/1.0 201", "Connection: close"], isEndedByDaemon: true),
            Case(
                testDescription: "the client asks before it sends the body",
                sent: post("{\"item\":1}", "Expect: 100-continue\r\n") + job, answers: [100, 201, 201]),
            Case(
                testDescription: "the client asks in HTTP/1.0, which does not know that",
                sent: post("{\"item\":1}", "Expect: 100-continue\r\n", version: "1.0"), answers: [201],
                isEndedByDaemon: true),
            Case(
                testDescription: "the client would like to speak something else",
                sent: post("{\"item\":1}", "Connection: Upgrade\r\nUpgrade: h2c\r\n"), answers: [201],
                parts: ["Connection: close"], isEndedByDaemon: true),
            Case(
                testDescription: "a body in chunks",
                sent: "POST /v1/pipelines/mail/jobs HTTP/1.1\r\nHost: kata\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "6\r\n{\"item\r\n6\r\n\":\"c\"}\r\n0\r\n\r\n" + job,
                answers: [201, 201]),
            Case(
                testDescription: "a request through a proxy, with its server's name",
                sent: "GET http://kata/v1/jobs?limit=%31 HTTP/1.1\r\nHost: kata\r\n\r\n", answers: [200],
                parts: ["{\"jobs\":[]}"]),
            Case(
                testDescription: "only the head is asked for, and then something else",
                sent: "HEAD /v1/nothing HTTP/1.1\r\nHost: kata\r\n\r\n" + job, answers: [404, 201],
                // Directly behind the head, because there is no body.
                parts: ["\r\n\r\nHTTP/1.1 201"]),
            Case(
                testDescription: "an encoded name", sent: job.replacing("mail", with: "%6Dail"), answers: [201]),
            Case(
                testDescription: "a path that is not there, and then one that is",
                sent: job.replacing("/jobs", with: "/nix") + job, answers: [404, 201],
                parts: ["there is no POST /v1/pipelines/mail/nix; see docs/api.md"]),
            Case(
                testDescription: "only the head of something is asked for",
                sent: "HEAD /v1/jobs HTTP/1.1\r\nHost: kata\r\n\r\n" + job,
                answers: [200, 201], parts: ["Content-Length: 11\r\n\r\nHTTP/1.1 201"]),
            Case(
                testDescription: "a method that the path does not take",
                sent: "DELETE /v1/jobs HTTP/1.1\r\nHost: kata\r\n\r\n" + job, answers: [405, 201],
                parts: ["Allow: GET, HEAD\r\n", "/v1/jobs does not take DELETE, expected GET, HEAD"]),
            Case(
                testDescription: "a parameter that is not there",
                sent: "GET /v1/jobs?sate=done HTTP/1.1\r\nHost: kata\r\n\r\n" + job, answers: [400, 201],
                parts: ["there is no parameter 'sate'; did you mean 'state'?"]),
            Case(
                testDescription: "a body that is encoded",
                sent: post("{\"item\":1}", "Content-Encoding: gzip\r\n") + job,
                answers: [415, 201], parts: ["Accept-Encoding: identity\r\n"]),
            Case(
                testDescription: "no host", sent: job.replacing("Host: kata\r\n", with: "") + job, answers: [400, 201],
                parts: ["there are 0 Host headers, expected one"]),
            Case(
                testDescription: "two hosts", sent: post("{\"item\":1}", "Host: kata\r\n") + job, answers: [400, 201],
                parts: ["there are 2 Host headers, expected one"]),
            Case(
                testDescription: "something behind the last one",
                sent: post("{\"item\":1}", "Connection: close\r\n") + "GARBAGE\r\n\r\n" + job, answers: [201],
                isEndedByDaemon: true),
            Case(
                testDescription: "the client asks before it sends a body that is too large",
                sent:
                    "POST /v1/pipelines/mail/jobs HTTP/1.1\r\nHost: kata\r\nExpect: 100-continue\r\nContent-Length: 20000000\r\n\r\n",
                answers: [413], parts: ["Connection: close"], isEndedByDaemon: true),
            Case(testDescription: "no HTTP", sent: "GARBAGE\r\n\r\n" + job, answers: [400]),
            Case(
                testDescription: "a head without end",
                sent: "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 200_000), answers: [400]),
            Case(testDescription: "half a request", sent: job + job.dropLast(3), answers: [201, 400]),
            Case(testDescription: "nothing", sent: "", answers: []),
        ])
    func conversation(_ conversation: Case) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let answer = try await workplace.converse(
                Array(conversation.sent.utf8), isAll: !conversation.isEndedByDaemon)
            let text = String(decoding: answer, as: UTF8.self)
            #expect(Self.statuses(in: text) == conversation.answers, "\(text)")
            for part in conversation.parts { #expect(text.contains(part), "\(text)") }
            #expect(try await workplace.count("jobs") == conversation.answers.count { $0 == 201 })
        }
    }

    @Test("has one answer to a body that is too large, whatever comes behind it")
    func tooLarge() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let body = String(repeating: "x", count: 17 << 20)
            for (sent, answers, isAll) in [
                (Self.post(body) + Self.job, [413, 201], true),
                (Self.post(body, "Connection: close\r\n"), [413], false),
                (String(Self.post(body).dropLast(1 << 19)), [413], true),
            ] {
                let answer = try await workplace.converse(Array(sent.utf8), isAll: isAll)
                #expect(Self.statuses(in: String(decoding: answer, as: UTF8.self)) == answers)
            }
        }
    }

    @Test("waits where there is no descriptor for it, until there is one")
    func noDescriptor() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        // It would not start with so few.
        let limited = try await workplace.run("prlimit", ["--pid", "\(daemon.pid)", "--nofile=40:40"])
        try #require(limited.code == 0, "\(limited.errors)")
        let address = try UnixAddress(workplace.socket)
        let connections = try (0..<60).map { _ in try address.connected() }
        try await #expect(eventually { daemon.standardError.contains("connections have to wait") })
        for connection in connections { close(connection) }
        let answer = try await workplace.converse(Array(Self.job.utf8), isAll: true)
        #expect(Self.statuses(in: String(decoding: answer, as: UTF8.self)) == [201])
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("is refused where there are too many, of its own user later than of others")
    func tooMany() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        // Of these descriptors 128 are not for connections. 32 connections more may be of the daemon's own user.
        let daemon = try ChildProcess(
            "sh", ["-c", "ulimit -n 200; exec \"$0\" --config kata.yaml", Binaries.katad],
            in: URL(fileURLWithPath: workplace.path("")))
        try await workplace.waitForSocket()
        let address = try UnixAddress(workplace.socket)
        let connections = try (0..<72 + 32).map { _ in try address.connected() }
        let refusal = try await workplace.request("GET", "/v1/status")
        #expect(refusal.status == 503)
        #expect(refusal.detail.hasPrefix("the daemon has as many connections as it takes"))
        for connection in connections { close(connection) }
        try await #expect(eventually { try await workplace.request("GET", "/v1/status").status == 200 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("ends with the daemon, whether nothing or half a request was sent")
    func end() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try await workplace.startAnsweringDaemon()
        let address = try UnixAddress(workplace.socket)
        let connections = [try address.connected(), try address.connected()]
        let half = Array(Self.job.utf8.dropLast(3))
        try #require(write(connections[1], half, half.count) == half.count)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        for connection in connections {
            var byte: UInt8 = 0
            #expect(read(connection, &byte, 1) == 0)
            close(connection)
        }
    }
}
