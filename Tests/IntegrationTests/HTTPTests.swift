import Foundation
import KataTestSupport
import Testing

@Suite("The http handler", .timeLimit(.minutes(10)))
struct HTTPTests {
    let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("sends the item, and keeps what the server says")
    func done() async throws {
        try workplace.write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", to: "secret")
        try workplace.write("Bearer 42\n", to: "token")
        let keys = "headers: { Authorization: { file: token }, X-Text: \"a b\" }, secret: { file: secret }"
        let start = Date().timeIntervalSince1970.rounded(.down)
        let id = try await send("é \"x\"", to: "/status/200", keys)
        try await #expect(state(of: id) == "done")
        #expect(try await output(of: id) == "said é \"x\"")
        let request = try #require(try requests().first)
        #expect(request.method == "POST" && request.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(request.headers["authorization"] == "Bearer 42" && request.headers["x-text"] == "a b")
        #expect(request.headers["webhook-id"] == "kata-\(id)" && request.headers["kata-attempt"] == "1")
        #expect(request.headers["webhook-signature"]?.hasPrefix("v1,") ?? false)
        let sentAt = try #require(request.headers["webhook-timestamp"].flatMap { Double($0) })
        #expect((start...Date().timeIntervalSince1970).contains(sentAt))
    }

    @Test("sends a job as JSON if it is told to")
    func json() async throws {
        let id = try await send("é\"\n", to: "/status/204", "body: json, method: PUT")
        try await #expect(state(of: id) == "done")
        let request = try #require(try requests().first)
        #expect(request.method == "PUT" && request.headers["content-type"] == "application/json")
        let body = try #require(String(bytes: request.body.unicodeScalars.map { UInt8($0.value) }, encoding: .utf8))
        #expect(body == #"{"job":1,"attempt":1,"pipeline":"mail","item":"é\"\n"}"#)
    }

    @Test(
        "goes by the status",
        arguments: [
            ("/status/400", "failed", "the server answered 400 Bad Request"), ("/status/404", "failed", "404"),
            ("/status/410", "failed", "410"), ("/redirect", "failed", "redirects are not followed"),
            ("/status/408", "scheduled", "408"), ("/status/429", "scheduled", "429"),
            ("/status/500", "scheduled", "500"),
            ("/status/503", "scheduled", "503"),
        ])
    func status(path: String, state: String, reason: String) async throws {
        let id = try await send("x", to: path)
        try await #expect(self.state(of: id) == state)
        #expect(try await error(of: id).contains(reason))
    }

    @Test("waits as long as the server says", arguments: ["3600", "Fri,_31_Dec_2100_23:59:59_GMT"])
    func retryAfter(value: String) async throws {
        let id = try await send("x", to: "/retry/\(value)")
        try await #expect(state(of: id) == "scheduled")
        let wait = try await workplace.query("SELECT unixepoch(run_at) - unixepoch(created_at) FROM jobs")
        let expected = value == "3600" ? 3_600.0 : 86_400
        let seconds = try #require(Double(wait.dropLast()))
        #expect(abs(seconds - expected) < 30)
    }

    @Test(
        "tries again what has no answer, and says why",
        arguments: [("/hang", "no answer from"), ("/slow", "no answer from"), ("/reset", "reset")])
    func noAnswer(path: String, reason: String) async throws {
        let id = try await send("x", to: path, "answer_timeout: 300ms")
        try await #expect(state(of: id) == "scheduled")
        #expect(try await error(of: id).contains(reason))
    }

    @Test("fails an attempt at a status that HTTP does not have, and others in flight go on")
    func strangeStatus() async throws {
        let server = try await startServer()
        defer { server.process.kill(SIGKILL) }
        try workplace.writeInbox(
            // However long it takes until the server is told to answer.
            consumer: "{ plugin: http, url: 'http://127.0.0.1:\(server.port)/told', answer_timeout: 1h }",
            pipeline: late)
        try await workplace.withDaemon { daemon in
            let slow = try await workplace.submit(["hold"])[0]
            try await #require(eventually { requestCount(of: "hold") == 1 })
            for (line, reason) in Self.strangeAnswers {
                let id = try await workplace.submit([line])[0]
                try await workplace.wait(for: id, toBe: "scheduled")
                #expect(try await error(of: id).contains(reason), "\(line)")
            }
            try await workplace.submit(["release"])
            try await workplace.wait(for: slow, toBe: "done")
            // It was not begun anew, as it is when the process ends that sends the requests.
            #expect(requestCount(of: "hold") == 1)
            #expect(!daemon.standardError.contains("a plugin ended"))
        }
    }

    /// First lines of answers, and what is said about them.
    private static let strangeAnswers = [
        ("HTTP/1.1 000 X", "the server answered with status 000, which HTTP does not have"),
        ("HTTP/1.1 042 X", "the server answered with status 042, which HTTP does not have"),
        ("HTTP/1.1 099 X", "the server answered with status 099, which HTTP does not have"),
        ("HTTP/1.1 101 Switching Protocols", "the server answered 101"),
        ("HTTP/1.1 999 X", "the server answered 999"),
        ("HTTP/1.1 1000 X", "answered with what is no HTTP"),
        ("HTTP/1.1 20 X", "answered with what is no HTTP"),
        ("HTTP/9.9 200 X", "answered with what is no HTTP"),
        ("garbage", "answered with what is no HTTP"),
    ]

    @Test("sends as many at once as there are workers")
    func together() async throws {
        let server = try await startServer()
        defer { server.process.kill(SIGKILL) }
        let count = 100
        try workplace.writeInbox(
            queue: count, workers: count,
            consumer: "{ plugin: http, url: 'http://127.0.0.1:\(server.port)/together/\(count)' }", pipeline: late)
        try await workplace.withDaemon { _ in
            try await workplace.submit((1...count).map(String.init))
            let isDone = try await eventually { try await workplace.count("jobs WHERE state = 'done'") == count }
            #expect(isDone)
        }
    }

    @Test("keeps the first of a long answer")
    func flood() async throws {
        let id = try await send("x", to: "/flood", "output_limit: 100")
        try await #expect(state(of: id) == "done")
        #expect(
            try await output(of: id).hasPrefix(String(repeating: "x", count: 100) + "\n["))
    }

    @Test("is cut off by the timeout of a job")
    func timeout() async throws {
        let id = try await send("x", to: "/hang", "timeout: 200ms", isTriedAgain: false)
        try await #expect(state(of: id) == "failed")
        #expect(try await error(of: id) == "timed out after 0.200 s")
    }

    @Test("trusts the authorities that it is told to, and nobody else", arguments: [true, false])
    func secure(isTrusted: Bool) async throws {
        for command in Self.certificates {
            let arguments = command.split(separator: " ").map(String.init)
            try await #require(workplace.run("openssl", arguments).code == 0)
        }
        let server = try await startServer("server.pem", "server.key")
        defer { server.process.kill(SIGKILL) }
        let keys = isTrusted ? "ca_file: ca.pem" : ""
        try workplace.writeInbox(
            consumer: "{ plugin: http, url: 'https://localhost:\(server.port)/status/200', \(keys) }", pipeline: late)
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"])[0]
            try await workplace.wait(for: id, toBe: isTrusted ? "done" : "scheduled")
            if !isTrusted {
                #expect(try await error(of: id).contains("no secure connection to"))
                #expect(try await workplace.count("attempts") == 0)
            }
        }
    }

    @Test("sends a job to the URL that its item is, if that is allowed")
    func itemIsURL() async throws {
        let server = try await startServer()
        defer { server.process.kill(SIGKILL) }
        try workplace.writeInbox(
            consumer:
                "{ plugin: http, url: '{item}', allow_hosts: [localhost, 127.0.0.0/8, good.example], body: json }",
            pipeline: late)
        try await workplace.withDaemon { _ in
            // By its address, and by a name whose address is looked up; the server hears the name.
            for host in ["127.0.0.1", "localhost"] {
                let id = try await workplace.submit(["http://\(host):\(server.port)/status/200"])[0]
                try await workplace.wait(for: id, toBe: "done")
                #expect(try requests().last?.headers["host"] == "\(host):\(server.port)")
            }
            for (item, reason) in [
                ("http://[::1]:\(server.port)/", "allow_hosts has no ::1"),
                ("http://evil.example/", "allow_hosts has no evil.example"),
                ("ftp://localhost/", "no URL that begins with http:// or https://"),
                ("http://user:hush@localhost:\(server.port)/", "has a user in it"),
                ("http://localhost:\(server.port)/redirect", "redirects are not followed"),
            ] {
                let id = try await workplace.submit([item])[0]
                try await workplace.wait(for: id, toBe: "failed")
                #expect(try await error(of: id).contains(reason), "\(item)")
                #expect(try await !error(of: id).contains("hush"))
            }
            #expect(try requests().count == 3)
        }
    }

    @Test("says what is wrong with its keys")
    func faults() async throws {
        try workplace.write("short", to: "secret")
        try workplace.writeInbox(
            consumer:
                "{ plugin: http, url: 'ftp://x', headers: { Host: x, A: { credential: c } }, secret: { file: secret } }"
        )
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        for fault in [
            "url is 'ftp://x', expected an address", "'Host' can't be set as a header",
            "header 'A' is the credential 'c', and systemd gave", "secret holds no key",
        ] {
            #expect(outcome.errors.contains(fault), "\(outcome.errors)")
        }
    }

    private struct Request: Decodable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: String
    }

    /// Nothing is tried again while somebody looks.
    let late = "retry: { attempts: 2, backoff: 100h, max: 100h }"

    /// Has an item sent to a server, and waits until that is over.
    private func send(_ item: String, to path: String, _ keys: String = "", isTriedAgain: Bool = true) async throws
        -> Int
    {
        let server = try await startServer()
        defer { server.process.kill(SIGKILL) }
        try workplace.writeInbox(
            consumer: "{ plugin: http, url: 'http://127.0.0.1:\(server.port)\(path)', \(keys) }",
            pipeline: isTriedAgain ? late : "")
        let daemon = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit([item])[0]
        try await #require(eventually { try await workplace.count("attempts") == 1 })
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
        return id
    }

    func startServer(_ arguments: String..., port: Int = 0) async throws -> (process: ChildProcess, port: Int) {
        let directory = URL(fileURLWithPath: workplace.path(""))
        let process = try ChildProcess(
            "python3", [Self.server, directory.path] + arguments, environment: ["PORT": "\(port)"], in: directory)
        try await #require(eventually { process.standardOutput.hasSuffix("\n") || process.hasEnded })
        return (process, try #require(Int(process.standardOutput.dropLast()), "\(process.standardError)"))
    }

    private func requests() throws -> [Request] {
        try workplace.read("requests").split(separator: "\n").map { line in
            try JSONDecoder().decode(Request.self, from: Data(line.utf8))
        }
    }

    /// How often the server was sent an item so far.
    private func requestCount(of item: String) -> Int {
        // There is no file before the first request, and an incomplete line while one is written.
        (try? requests().count { $0.body == item }) ?? 0
    }

    /// The state of a job after its first attempt.
    private func state(of id: Int) async throws -> String {
        try await #require(eventually { try await workplace.count("attempts") >= 1 })
        return try await workplace.query("SELECT state FROM jobs WHERE job_id = \(id)").trimmingCharacters(
            in: .newlines)
    }

    func error(of id: Int) async throws -> String { try await column("error", of: "jobs", id) }

    private func output(of id: Int) async throws -> String { try await column("output", of: "attempts", id) }

    private func column(_ name: String, of view: String, _ id: Int) async throws -> String {
        String(try await workplace.query("SELECT \(name) FROM \(view) WHERE job_id = \(id)").dropLast())
    }

    static let server = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Support/web-server.py").path

    /// An authority, and a server that it vouches for.
    private static let certificates = [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Test",
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -copy_extensions copyall",
    ]
}
