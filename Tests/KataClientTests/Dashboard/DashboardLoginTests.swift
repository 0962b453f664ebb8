import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import KataClient

@Suite("The login of the dashboard's port")
struct DashboardLoginTests {
    private let login = DashboardLogin(token: "aaaa", secret: "bbbb")

    @Test("lets in who has the address, once, and that browser from then on")
    func once() {
        #expect(login.address(at: 8_080) == "http://127.0.0.1:8080/ui/login?token=aaaa")
        let answer = self.answer("/ui/login?token=aaaa")
        #expect(answer?.status == .seeOther && answer?.headers["Location"] == ["/ui/"])
        #expect(answer?.headers["Set-Cookie"] == ["kata-8080=bbbb; Path=/; HttpOnly; SameSite=Strict"])
        #expect(self.answer("/ui/login?token=aaaa")?.status == .forbidden, "it was used")
        #expect(self.answer("/ui/login?token=aaaa", cookie: "kata-8080=bbbb")?.status == .seeOther)
        for cookie in ["kata-8080=bbbb", "a=b; kata-8080=bbbb", "a=b;kata-8080=bbbb; c=d"] {
            #expect(self.answer("/ui/jobs", cookie: cookie) == nil, "\(cookie)")
        }
    }

    @Test(
        "refuses whoever has no token and no cookie",
        arguments: [
            "/", "/ui", "/ui/", "/ui/login", "/ui/login?token=", "/ui/login?token=aaab", "/ui/login?token=aaaaa",
            "/ui/login?x=aaaa", "/v1/status", "/healthz",
        ])
    func strangers(uri: String) {
        #expect(answer(uri)?.status == .forbidden)
        #expect(answer(uri)?.headers["Set-Cookie"] == [])
    }

    @Test(
        "knows no other cookie",
        arguments: ["kata-8080=bbbc", "kata-8080=", "kata-8081=bbbb", "xkata-8080=bbbb", "kata-8080=bbbb1", "bbbb"])
    func cookies(cookie: String) {
        #expect(answer("/ui/", cookie: cookie)?.status == .forbidden)
    }

    @Test("takes a token only from who opens a page")
    func method() {
        #expect(answer("/ui/login?token=aaaa", method: .POST)?.status == .forbidden)
        #expect(answer("/ui/login?token=aaaa", method: .HEAD)?.status == .forbidden)
        #expect(answer("/ui/login?token=aaaa")?.status == .seeOther, "and it is still there")
    }

    @Test(
        "answers to no other name, also with the cookie",
        arguments: ["evil.example:8080", "127.0.0.1", "localhost:80", "kata", "", "127.0.0.1:8080.evil.example"])
    func hosts(host: String) {
        #expect(answer("/ui/", cookie: "kata-8080=bbbb", hosts: [host])?.status == .forbidden)
        #expect(answer("/ui/", cookie: "kata-8080=bbbb", hosts: []) != nil)
        #expect(answer("/ui/", cookie: "kata-8080=bbbb", hosts: ["127.0.0.1:8080", host]) != nil)
    }

    @Test("answers to a host without a port where that is the usual one")
    func usualPort() {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/ui/", headers: ["Host": "127.0.0.1", "Cookie": "kata-80=bbbb"])
        #expect(login.verdict(on: head, at: 80) == .pass)
    }

    @Test("leads on by a page who comes by a link of another site, as no cookie would go along with a redirection")
    func links() {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/ui/login?token=aaaa",
            headers: ["Host": "127.0.0.1:8080", "Sec-Fetch-Site": "cross-site"])
        guard case .answer(let answer) = login.verdict(on: head, at: 8_080) else {
            Issue.record("a login is passed on")
            return
        }
        #expect(answer.status == .ok && answer.headers["Refresh"] == ["0; url=/ui/"])
        #expect(answer.headers["Set-Cookie"].count == 1)
    }

    @Test("leads to the dashboard, and to nothing else")
    func paths() {
        let cookie = "kata-8080=bbbb"
        #expect(answer("/", cookie: cookie)?.status == .seeOther)
        for uri in ["/ui", "/ui/jobs?q=a", "/metrics"] { #expect(answer(uri, cookie: cookie) == nil, "\(uri)") }
        for uri in ["/v1/status", "/uix", "/ui%2f", "http://127.0.0.1:8080/ui/", "*", "/v1/../ui/"] {
            #expect(answer(uri, cookie: cookie)?.status == .notFound, "\(uri)")
        }
    }

    @Test("makes tokens that nobody can guess")
    func tokens() {
        let addresses = (0..<100).map { _ in DashboardLogin().address(at: 1) }
        #expect(Set(addresses).count == 100)
        #expect(addresses.allSatisfy { $0.count == "http://127.0.0.1:1/ui/login?token=".count + 64 })
    }

    @Test("says what it says in a page that loads nothing")
    func page() {
        let text = String(buffer: DashboardAnswer(status: .forbidden, text: "No.").bytes)
        let parts = text.components(separatedBy: "\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 403 Forbidden\r\n") && parts.count == 2)
        #expect(text.contains("Content-Length: \(parts[1].utf8.count)\r\n"))
        #expect(text.contains("default-src 'none'") && text.contains("Connection: close"))
    }

    /// `nil` means that the request is passed on.
    private func answer(
        _ uri: String, method: HTTPMethod = .GET, cookie: String? = nil, hosts: [String] = ["127.0.0.1:8080"]
    ) -> DashboardAnswer? {
        var headers = HTTPHeaders(hosts.map { ("Host", $0) })
        if let cookie { headers.add(name: "Cookie", value: cookie) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        switch login.verdict(on: head, at: 8_080) {
        case .pass: return nil
        case .answer(let answer): return answer
        }
    }
}
