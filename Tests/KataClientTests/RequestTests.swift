import KataAPI
import Testing

@testable import KataClient

@Suite("A request", .timeLimit(.minutes(10)))
struct RequestTests {
    private let servers = Servers()

    /// What is sent for a request that is answered with some document.
    private func sent(_ answer: String, _ body: (ControlClient) async throws -> Void) async throws -> String? {
        let request = Signal<String>()
        let server = try servers.start { peer in
            request.send(try peer.request())
            try peer.send(answer)
        }
        try await body(ControlClient(patient: server.socket))
        return await request.next()
    }

    @Test("has its query encoded, without what is not given")
    func query() async throws {
        let sent = try await sent(noJobs) {
            _ = try await $0.jobs(JobQuery(pipeline: "a b&c=d/é?#\n"), limit: 5, before: -1)
        }
        #expect(
            sent == "GET /v1/jobs?pipeline=a%20b%26c%3Dd%2F%C3%A9%3F%23%0A&limit=5&before=-1 HTTP/1.1\r\n"
                + "Host: localhost\r\n\r\n")
    }

    @Test("has its path encoded, and a length even if there is no body")
    func path() async throws {
        let sent = try await sent(changed(1)) { _ = try await $0.cancelAll(pipeline: "../~x") }
        #expect(
            sent == "POST /v1/pipelines/..%2F~x/cancel HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("has a body and a key")
    func body() async throws {
        let sent = try await sent(submitted) { client in
            let document = try await client.submit(Array("{\"item\":1}\n".utf8), to: "mail", key: "k/1 é")
            #expect(document.ids == [7])
        }
        #expect(
            sent == "POST /v1/pipelines/mail/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n"
                + "Content-Type: application/x-ndjson\r\nIdempotency-Key: k/1 é\r\n\r\n{\"item\":1}\n")
    }

    @Test("can be large")
    func large() async throws {
        let lines = [UInt8](repeating: UInt8(ascii: "x"), count: 15 << 20)
        let sent = try await sent(submitted) { _ = try await $0.submit(lines, to: "mail") }
        let parts = try #require(sent?.split(separator: "\r\n\r\n"))
        #expect(parts[0].contains("Content-Length: 15728640\r\n"))
        #expect(parts.dropFirst().map(\.utf8.count) == [lines.count])
    }

    @Test("that is answered before all of it is sent has this answer")
    func answeredEarly() async throws {
        let server = try servers.start { peer in
            try peer.requestHead()
            try peer.send(answer("{}", status: "413 Content Too Large", headers: "Connection: close\r\n"))
        }
        let lines = [UInt8](repeating: UInt8(ascii: "x"), count: 15 << 20)
        let detail = "the daemon answered 413 Payload Too Large"
        await #expect(
            throws: ControlClientError.refused(ProblemDocument(status: 413, title: "Error", detail: detail))
        ) {
            try await ControlClient(patient: server.socket).submit(lines, to: "mail")
        }
    }

    @Test("is not sent if its key would not be only a key", arguments: ["a\r\nb: c", "a\0", "\u{7f}"])
    func badKey(key: String) async throws {
        let server = try servers.start { _ in }
        let problem = ProblemDocument(
            status: 400, title: "Bad header",
            detail: "an idempotency key must not have control characters; nothing was submitted")
        await #expect(throws: ControlClientError.refused(problem)) {
            try await ControlClient(patient: server.socket).submit([], to: "mail", key: key)
        }
        #expect(server.connectionCount == 0)
    }
}
