import Foundation
import KataTestSupport
import Testing

/// What pages of others could have a browser ask of a daemon whose socket was forwarded to a port.
@Suite("A page of somebody else", .timeLimit(.minutes(20)))
struct BrowserTests {
    @Test(
        "can't steer the daemon, on no route that changes something",
        arguments: ["", "\nui: { hosts: [jobs.example.org] }"])
    func changes(configuration: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(consumer: "{ plugin: sleep, duration: 1h }", top: configuration)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        #expect(try await workplace.post("{\"item\":1}").status == 201)
        let routes = [
            "POST /v1/pipelines/mail/cancel", "POST /v1/pipelines/mail/pause", "POST /v1/pipelines/mail/jobs",
            "POST /v1/pipelines/mail/scale?workers=3", "POST /v1/jobs/1/cancel", "POST /v1/jobs/1/retry",
            "PATCH /v1/jobs/1",
            "POST /v1/jobs/cancel?pipeline=mail", "POST /v1/drain", "POST /v1/pipelines/mail/prune",
            "DELETE /v1/jobs/1",
            "POST /v1/nothing",
        ]
        let signs = [
            ["Sec-Fetch-Site": "cross-site", "Origin": "http://kata"], ["Origin": "https://evil.example"],
            ["Origin": "null"],
        ]
        for route in routes {
            let (method, path) = (String(route.prefix { $0 != " " }), String(route.drop { $0 != " " }.dropFirst()))
            for sign in signs {
                let form = sign.merging(["Content-Type": "text/plain"]) { $1 }
                let answer = try await workplace.request(method, path, headers: form, body: Array("{\"item\":2}".utf8))
                #expect(answer.status == 403, "\(route) \(sign)")
                #expect(answer.detail.contains("a page of "), "\(answer.detail)")
            }
        }
        let status = try await workplace.status()
        #expect(status.pipelines.map(\.state) == ["running"])
        #expect(try await workplace.query("SELECT count(*), sum(state = 'cancelled') FROM jobs") == "1 | 0\n")
        daemon.kill(SIGTERM)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("whose name stands for this machine gets no answer, and a proxy's name that was given does")
    func hosts() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(consumer: "{ plugin: sleep, duration: 0 }", top: "ui: { hosts: [jobs.example.org] }")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for (host, status) in [
            ("evil.example", 403), ("evil.example:8080", 403), ("jobs.example.org", 200), ("localhost:8080", 200),
            ("kata", 200),
        ] {
            let request = "GET /v1/status HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
            let answer = try await RawHTTP.parse(workplace.converse(Array(request.utf8)))
            #expect(answer.status == status, "\(host)")
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("can't send forms where JSON is taken, also from a browser that says nothing of the page")
    func forms() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(consumer: "{ plugin: sleep, duration: 0 }")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let types = [
            "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain;charset=UTF-8",
        ]
        for path in [
            "/v1/pipelines/mail/jobs", "/v1/pipelines/mail/cancel", "/v1/jobs/cancel?pipeline=mail", "/v1/jobs/1/retry",
        ] {
            for type in types {
                let body = Array("{\"item\":\"=\"}".utf8)
                let answer = try await workplace.request("POST", path, headers: ["Content-Type": type], body: body)
                #expect(answer.status == 415, "\(path) \(type)")
                #expect(answer.detail.contains("expected application/json"), "\(answer.detail)")
            }
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }
}
