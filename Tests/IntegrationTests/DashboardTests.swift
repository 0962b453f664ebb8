import Foundation
import KataTestSupport
import Testing

@Suite("The dashboard", .timeLimit(.minutes(20)))
struct DashboardTests {
    private static let pages = [
        "/ui/", "/ui/jobs", "/ui/jobs?state=failed&q=item%3Abad", "/ui/jobs/JOB", "/ui/failures", "/ui/schedules",
        "/ui/plugins",
        "/ui/drain", "/ui/pipelines/mail", "/ui/pipelines/kata",
    ]

    @Test("is there if it is asked for, and not otherwise")
    func asked() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for page in Self.pages { #expect(try await workplace.request("GET", page).status == 404) }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    @Test("shows each page, with headers that keep others out, and says what is not there")
    func pages() async throws {
        try await withDashboard { workplace, failed in
            for page in Self.pages.map({ $0.replacing("JOB", with: "\(failed)") }) {
                let answer = try await workplace.converse(
                    Array("GET \(page) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
                let text = String(decoding: answer, as: UTF8.self)
                #expect(text.hasPrefix("HTTP/1.1 200"), "\(page): \(text.prefix(2_000))")
                #expect(text.contains("Content-Security-Policy: default-src 'none'; script-src 'self'"))
                #expect(text.contains("Cache-Control: no-store") && text.contains("X-Content-Type-Options: nosniff"))
                #expect(text.contains("</html>"))
            }
            for (path, status) in [
                ("/ui/jobs/999", 404), ("/ui/jobs/x", 400), ("/ui/pipelines/none", 404),
                ("/ui/jobs?state=nothing", 400),
                ("/ui/jobs?q=since%3Anever", 400), ("/ui/events?page=/ui/none", 404), ("/ui/jobs?colour=1", 400),
            ] {
                #expect(try await workplace.request("GET", path).status == status, "\(path)")
            }
            let missing = try await workplace.request("GET", "/ui/nothing")
            #expect(missing.status == 404 && missing.body.contains("</html>"), "it is said on a page")
            let item = try await workplace.request("GET", "/ui/jobs/\(failed)").body
            #expect(item.contains("bad &lt;script&gt;alert(1)&lt;/script&gt;") && !item.contains("<script>alert"))
        }
    }

    @Test("does what its forms say, and leads to a page; cancelling asks first")
    func forms() async throws {
        try await withDashboard { workplace, failed in
            #expect(
                try await post("/ui/jobs/\(failed)/cancel", "", workplace).status == 200,
                "it asks, although it is too late")
            #expect(
                try await post("/ui/pipelines/mail/pause", "", workplace).location == "/ui/pipelines/mail?did=paused-1")
            #expect(try await workplace.metrics()["kata_pipeline_paused"] == 1)
            let id = try #require(try await workplace.post("{\"item\":\"later\"}").ids.first)
            let question = try await post("/ui/jobs", "do=cancel&id=\(id)", workplace)
            #expect(question.body.contains("Cancel 1 job?") && question.body.contains("value=\"\(id)\""))
            try await workplace.wait(for: id, toBe: "pending")
            #expect(
                try await post("/ui/jobs/cancel", "ids=\(id)", workplace).location == "/ui/jobs/\(id)?did=cancelled-1")
            try await workplace.wait(for: id, toBe: "cancelled")
            #expect(try await post("/ui/pipelines/mail/resume", "", workplace).status == 303)
            let all = try await post("/ui/jobs", "do=retry-all&state=failed&q=item%3Abad", workplace)
            #expect(
                all.body.contains("Retry 1 job?")
                    && all.body.contains("kata-ctl retry --state &#39;failed&#39; --item &#39;bad&#39;"))
            #expect(
                try await post("/ui/jobs/\(failed)/retry", "", workplace).location == "/ui/jobs/\(failed)?did=retried-1"
            )
            try await #require(
                eventually { try await workplace.query("SELECT attempt FROM jobs WHERE job_id = \(failed)") == "2\n" })
            #expect(try await post("/ui/pipelines/mail/scale", "workers=3", workplace).status == 303)
            #expect(try await workplace.metrics()["kata_workers"] == 3)
            #expect(try await post("/ui/pipelines/mail/scale", "workers=0", workplace).status == 400)
            let started = try await post("/ui/schedules/beat/nightly/run", "", workplace)
            #expect(started.location?.hasPrefix("/ui/jobs/") ?? false)
            #expect(
                try await post("/ui/schedules/beat/nightly/pause", "", workplace).location
                    == "/ui/schedules?did=paused-1")
            let said = try await workplace.request("GET", "/ui/schedules?did=paused-1").body
            #expect(said.contains("role=\"status\">It was paused."))
            #expect(try await post("/ui/jobs", "do=nothing", workplace).status == 400)
            let running = try await post("/ui/jobs", "do=cancel-all&state=running", workplace)
            #expect(running.body.contains("No job matches"), "what only waits does not run")
            let done = try await post("/ui/jobs", "do=retry-all&state=done", workplace)
            #expect(done.body.contains("No job matches"))
            #expect(try await post("/ui/jobs/retry", "ids=1-900000,1-900000", workplace).status == 400)
            #expect(try await post("/ui/jobs/retry", "ids=1-x", workplace).status == 400)
            let foreign = try await workplace.request(
                "POST", "/ui/drain", headers: ["Origin": "http://evil.example", "Content-Type": Self.form])
            #expect(foreign.status == 403)
        }
    }

    @Test("changes what has not begun, tries again with another item, and tries one before all")
    func items() async throws {
        try await withDashboard { workplace, failed in
            #expect(try await post("/ui/pipelines/mail/pause", "", workplace).status == 303)
            let id = try #require(try await workplace.post("{\"item\":\"one\\ntwo\"}").ids.first)
            let waiting = try #require(try await workplace.post("{\"item\":\"later\",\"after\":[\(id)]}").ids.first)
            let page = try await workplace.request("GET", "/ui/jobs/\(id)").body
            #expect(page.contains("Waiting for it: <a href=\"/ui/jobs/\(waiting)\">"))
            #expect(page.contains("Change it before it begins"))
            let form = "item=one%0D%0Athree&priority=7"
            #expect(try await post("/ui/jobs/\(id)/edit", form, workplace).location == "/ui/jobs/\(id)?did=edited-1")
            let job = try await workplace.query("SELECT json_quote(item), priority FROM jobs WHERE job_id = \(id)")
            #expect(job == "\"one\\nthree\" | 7\n")
            #expect(try await post("/ui/jobs/\(id)/edit", "item=a&priority=101", workplace).status == 400)
            #expect(try await post("/ui/jobs/\(id)/copy", "item=a", workplace).status == 409, "it has not failed")
            let copied = try await post("/ui/jobs/\(failed)/copy", "item=good+%26+new", workplace)
            let copy = try #require(copied.location?.firstMatch(of: /^\/ui\/jobs\/(\d+)\?did=copied-1$/)?.output.1)
            let added = try await workplace.query("SELECT item, copy_of FROM jobs WHERE job_id = \(copy)")
            #expect(added == "good & new | \(failed)\n")
            #expect(try await post("/ui/pipelines/mail/resume", "", workplace).status == 303)
            var others: [Int] = []
            for item in ["bad 1", "bad 2"] { others += try await workplace.post("{\"item\":\"\(item)\"}").ids }
            for other in others { try await workplace.wait(for: other, toBe: "failed") }
            let question = try await post("/ui/jobs", "do=retry-all&state=failed&q=item%3Abad", workplace)
            #expect(question.body.contains("Retry 3 jobs?") && question.body.contains("Try one first"))
            let tried = try await post("/ui/jobs/retry", "ids=\(others[0])-\(others[1])&first=true", workplace)
            #expect(tried.location == "/ui/jobs/\(others[0])?did=tried-2")
            let attempts = "SELECT attempt FROM jobs WHERE job_id IN (\(others[0]), \(others[1])) ORDER BY job_id"
            try await #require(eventually { try await workplace.query(attempts) == "2\n1\n" })
            // As for jobs that are too many to be named.
            let all = try await post("/ui/jobs/all", "do=retry&state=failed&through=\(others[1])", workplace)
            #expect(all.location == "/ui/jobs?state=failed&did=begun-1")
            try await #require(eventually { try await workplace.query(attempts).hasSuffix("\n2\n") })
            for form in ["do=retry&through=x", "do=nothing&through=1", "do=cancel"] {
                #expect(try await post("/ui/jobs/all", form, workplace).status == 400, "\(form)")
            }
        }
    }

    @Test("keeps pages up to date, so many at a time, and lets them go when it drains")
    func events() async throws {
        try await withDashboard { workplace, failed in
            let target = "/ui/events?page=%2Fui%2F"
            let streams = try (0..<3).map { _ in try workplace.startCurl("-sN", "http://localhost\(target)") }
            for stream in streams {
                try await #require(eventually { stream.standardOutput.contains("event: region") })
            }
            // Their answers have room in the sockets for a while.
            let others = try (0..<61).map { _ in
                let socket = try UnixAddress(workplace.socket).connected()
                let request = Array("GET \(target) HTTP/1.1\r\nHost: kata\r\n\r\n".utf8)
                #expect(send(socket, request, request.count, 0) == request.count)
                return socket
            }
            defer { for socket in others { close(socket) } }
            try await #require(
                eventually {
                    let another = try workplace.startCurl(
                        "-sN", "-m", "1", "-w", "%{http_code}", "http://localhost\(target)")
                    _ = try await another.wait()
                    return another.standardOutput.hasSuffix("503")
                })
            #expect(try await workplace.post("{\"item\":\"good\"}").status == 201)
            for stream in streams {
                try await #require(
                    eventually { stream.standardOutput.components(separatedBy: "\"id\":\"pipelines\"").count > 2 })
            }
            streams[0].kill(SIGKILL)
            _ = try await streams[0].wait()
            // There is room for one again, as soon as the daemon has seen that it is gone.
            try await #require(
                eventually {
                    let another = try workplace.startCurl("-sN", "-m", "2", "http://localhost\(target)")
                    _ = try await another.wait()
                    return another.standardOutput.contains("event: region")
                })
            #expect(try await post("/ui/drain", "", workplace).location == "/ui/drain")
            for stream in streams.dropFirst() { #expect(try await stream.wait() == 0, "it ends as it should") }
        }
    }

    @Test("is usable in a browser: wide and narrow, light and dark, with and without JavaScript, by everybody")
    func browser() async throws {
        try await withDashboard { workplace, failed in
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let python = ProcessInfo.processInfo.environment["KATA_BROWSER_PYTHON"] ?? "python3"
            let outcome = try await workplace.run(
                python,
                [
                    root.appendingPathComponent("Tests/Browser/look.py").path, workplace.socket, "\(failed)",
                    Binaries.kataControl,
                ])
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        }
    }

    // MARK: Support

    private static let form = "application/x-www-form-urlencoded"

    private struct FormAnswer {
        let status: Int
        let location: String?
        let body: String
    }

    private func post(_ path: String, _ body: String, _ workplace: Workplace) async throws -> FormAnswer {
        let request =
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\nContent-Type: \(Self.form)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let text = String(decoding: try await workplace.converse(Array(request.utf8)), as: UTF8.self)
        let status = try #require(text.firstMatch(of: /HTTP\/1\.1 (\d+)/).flatMap { Int($0.output.1) })
        return FormAnswer(
            status: status, location: text.firstMatch(of: /\r\nLocation: ([^\r]*)/).map { String($0.output.1) },
            body: text)
    }

    /// Runs a daemon with a dashboard, a finished run, a job that has failed, and a schedule.
    private func withDashboard(_ body: (Workplace, _ failed: Int) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "echo out; echo err >&2; case $KATA_ITEM in bad*) exit 3;; esac", top: "ui: true",
            pipeline: "retry: { attempts: 1 }",
            others: """
                  kata:
                    queue_size: 50
                    item_count: 20
                    worker_count: 4
                    producer: { plugin: range, interval: 1ms }
                    consumer: { plugin: sleep, duration: 5ms }
                  beat:
                    queue_size: 1
                    worker_count: 1
                    producer: { plugin: schedule, entries: { nightly: { every: 300d, item: tick } } }
                    consumer: { plugin: sleep, duration: 0 }
                """)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let failed = try #require(
            try await workplace.post("{\"item\":\"bad <script>alert(1)</script>\"}").ids.first)
        try await #require(
            eventually {
                try await workplace.query("SELECT count(*) FROM jobs WHERE state IN ('done', 'failed')") == "21\n"
            })
        do {
            try await body(workplace, failed)
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }
}

extension Workplace {
    /// Starts `curl` with the daemon's socket.
    fileprivate func startCurl(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess("curl", ["--unix-socket", socket] + arguments, in: directory)
    }
}
