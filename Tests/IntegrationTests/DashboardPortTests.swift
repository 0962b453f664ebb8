import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl ui", .timeLimit(.minutes(20)))
struct DashboardPortTests {
    @Test("opens the dashboard for one browser, and for nobody else, until it is ended")
    func login() async throws {
        try await withPort { workplace, port in
            let base = port.base
            #expect(try await curl(workplace, "\(base)/ui/").status == 403, "a stranger")
            #expect(try await curl(workplace, "\(base)/ui/login?token=0").status == 403)
            let opened = try await curl(workplace, port.address, "-c", "jar")
            #expect(opened.status == 303 && opened.head.contains("HttpOnly; SameSite=Strict"), "\(opened.head)")
            #expect(try await curl(workplace, port.address).status == 403, "it can be opened once")
            let page = try await curl(workplace, "\(base)/ui/", "-b", "jar")
            #expect(
                page.status == 200 && page.body.contains("</html>") && page.head.contains("Content-Security-Policy"))
            #expect(try await curl(workplace, "\(base)/", "-b", "jar").head.contains("Location: /ui/"))
            #expect(try await curl(workplace, "\(base)/v1/status", "-b", "jar").status == 404)
            let foreign = try await curl(workplace, "\(base)/ui/", "-b", "jar", "-H", "Host: evil.example")
            #expect(foreign.status == 403)
        }
    }

    @Test("looks at each request of a connection, which a browser may use for the pages of others")
    func requests() async throws {
        try await withPort { workplace, port in
            _ = try await curl(workplace, port.address, "-c", "jar")
            let script = """
                import re, socket, sys
                cookie = re.search(r"(kata-\\d+)\\s+(\\S+)", open("jar").read())
                connection = socket.create_connection(("127.0.0.1", \(port.number)))
                def ask(path, headers=""):
                    connection.sendall(f"GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:\(port.number)\\r\\n{headers}\\r\\n".encode())
                    answer = b""
                    while not answer.rstrip().endswith(b"</html>"):
                        answer += connection.recv(65536) or b"</html>"
                    return answer.split(b" ")[1].decode()
                print(ask("/ui/", f"Cookie: {cookie[1]}={cookie[2]}\\r\\n"), ask("/ui/"))
                """
            #expect(try await workplace.run("python3", ["-c", script]).output == "200 403\n")
        }
    }

    @Test("passes on forms and streams, and what the daemon refuses")
    func passing() async throws {
        try await withPort { workplace, port in
            _ = try await curl(workplace, port.address, "-c", "jar")
            let path = "\(port.base)/ui/pipelines/mail/pause"
            let form = ["-b", "jar", "-X", "POST", "-d", "a=b"]
            let refused = try await curl(workplace, path, form + ["-H", "Origin: http://evil.example"])
            #expect(refused.status == 403 && refused.body.contains("a page of 'http://evil.example' has sent this"))
            #expect(try await curl(workplace, path, form + ["-H", "Origin: \(port.base)"]).status == 303)
            // In chunks, and more than a socket holds; and another one behind it.
            _ = try workplace.write(String(repeating: "x", count: 4 << 20), to: "large")
            let large = try await curl(
                workplace, "\(port.base)/ui/",
                [
                    "-b", "jar", "-H", "Transfer-Encoding: chunked", "-H", "Expect:", "-d", "@large", path, "--next",
                    "-si",
                ]
                    + ["-b", "jar"])
            #expect(large.status == 303 && large.body.contains("HTTP/1.1 200 OK"), "\(large.head)")
            let stream = try ChildProcess(
                "curl", ["-sN", "-b", "jar", "\(port.base)/ui/events?page=/ui/"], in: workplace.directory)
            try await #require(eventually { stream.standardOutput.contains("event: region") })
            let regions = stream.standardOutput.components(separatedBy: "\"id\":\"pipelines\"").count
            _ = try await workplace.post("{\"item\":1}")
            try await #require(
                eventually { stream.standardOutput.components(separatedBy: "\"id\":\"pipelines\"").count > regions })
            stream.kill(SIGKILL)
            _ = try await stream.wait()
        }
    }

    @Test("says that the daemon is away, and goes on when it is back")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(top: "ui: true")
        var daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let port = try await open(workplace)
        _ = try await curl(workplace, port.address, "-c", "jar")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        let away = try await curl(workplace, "\(port.base)/ui/", "-b", "jar")
        #expect(away.status == 502 && away.body.contains("The daemon does not answer."))
        daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        #expect(try await curl(workplace, "\(port.base)/ui/", "-b", "jar").status == 200)
        port.process.kill(SIGINT)
        _ = try await port.process.wait()
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("says what to do where there is no dashboard, no daemon, or no port")
    func refusals() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let none = try await workplace.ctl("ui")
        #expect(none.code == 69 && none.errors.contains("no daemon answers on"))
        var daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let without = try await workplace.ctl("ui")
        #expect(without.code == 64)
        #expect(
            without.errors
                == "kata-ctl: this daemon has no dashboard; put 'ui: true' into its configuration, and start it again\n"
        )
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        try workplace.writeInbox(top: "ui: true")
        daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let port = try await open(workplace)
        let taken = try await workplace.ctl("ui", "--port", "\(port.number)")
        #expect(taken.code == 73 && taken.errors.contains("(Address already in use)"))
        #expect(try await workplace.ctl("ui", "--port", "0").code == 64)
        port.process.kill(SIGINT)
        _ = try await port.process.wait()
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    private struct Port {
        let process: ChildProcess
        let address: String
        let number: Int

        var base: String { "http://127.0.0.1:\(number)" }
    }

    private struct Answer {
        let status: Int
        let head: String
        let body: String
    }

    private func open(_ workplace: Workplace) async throws -> Port {
        let process = try ChildProcess(
            Binaries.kataControl, ["ui", "--socket", workplace.socket], in: workplace.directory)
        try await #require(eventually { process.standardOutput.contains("\n") })
        let address = process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        let number = try #require(
            address.firstMatch(of: /^http:\/\/127\.0\.0\.1:(\d+)\/ui\/login\?token=[0-9a-f]{64}$/))
        return Port(process: process, address: address, number: try #require(Int(number.output.1)))
    }

    private func withPort(_ body: (Workplace, Port) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(top: "ui: true")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let port = try await open(workplace)
        do {
            try await body(workplace, port)
        } catch {
            port.process.kill(SIGKILL)
            daemon.kill(SIGKILL)
            throw error
        }
        port.process.kill(SIGINT)
        _ = try await port.process.wait()
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    private func curl(_ workplace: Workplace, _ address: String, _ arguments: String...) async throws -> Answer {
        try await curl(workplace, address, arguments)
    }

    private func curl(_ workplace: Workplace, _ address: String, _ arguments: [String]) async throws -> Answer {
        let outcome = try await workplace.run("curl", ["-si", "--max-time", "60"] + arguments + [address])
        let text = outcome.output
        let status = try #require(text.firstMatch(of: /HTTP\/1\.1 (\d+)/).flatMap { Int($0.output.1) }, "\(outcome)")
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
        return Answer(status: status, head: parts[0], body: parts.count > 1 ? parts[1] : "")
    }
}
