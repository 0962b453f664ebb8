import KataAPI
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("The guard against pages of others")
struct BrowserGuardTests {
    private let browserGuard = BrowserGuard(hosts: ServedHosts(and: ["Kata.Example.org", "192.0.2.7", "2001:db8::1"]))

    @Test(
        "answers requests to this machine and to names that were given, at any port",
        arguments: [
            "localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:80", "kata",
            "kata.example.org", "KATA.example.ORG:443", "192.0.2.7:1", "[2001:db8::1]:8080", "localhost:",
        ])
    func served(host: String) {
        #expect(refusal(.GET, ["Host": host]) == nil)
    }

    @Test(
        "refuses requests to other names",
        arguments: [
            "evil.example", "evil.example:80", "localhost.evil.example", "evil.localhost", "127.0.0.1.evil.example",
            "127.0.0.2", "", ":80", "[::1", "[::1]x", "::1", "[::2]", "localhost:80:80", "localhost:8o", "kata.",
            "kata@evil",
            "kata.example.org.evil.example", "example.org", "\u{212A}ata",
        ])
    func foreignHost(host: String) throws {
        let refusal = try #require(self.refusal(.GET, ["Host": host]))
        #expect(refusal.problem.status == 403)
        #expect(refusal.problem.detail.contains("are not answered here, expected one of localhost"))
    }

    @Test("goes by the host of the request's line, if there is one")
    func absoluteTarget() {
        #expect(refusal(.GET, ["Host": "kata"], uri: "http://evil.example/v1/status")?.problem.status == 403)
        #expect(refusal(.GET, ["Host": "evil.example"], uri: "http://localhost:80/v1/status") == nil)
        #expect(refusal(.GET, ["Host": "kata"], uri: "http://evil.example?/v1/status")?.problem.status == 403)
    }

    @Test("needs no host in HTTP/1.0, which no browser speaks")
    func noHost() {
        #expect(refusal(.POST, [:]) == nil)
        #expect(refusal(.POST, ["Origin": "http://localhost"])?.problem.status == 403)
    }

    @Test(
        "takes changes from other clients than browsers, and from pages of this server",
        arguments: [
            [:], ["Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none"],
            ["Sec-Fetch-Site": "same-origin", "Origin": "null"], ["Origin": "http://localhost:8080"],
            ["Origin": "HTTP://LocalHost:8080"], ["Origin": "https://localhost:8080"],
        ] as [HTTPHeaders])
    func own(headers: HTTPHeaders) {
        for method in [.POST, .PUT, .PATCH, .DELETE] as [HTTPMethod] {
            #expect(refusal(method, headers, host: "localhost:8080") == nil)
        }
    }

    @Test(
        "knows the ports that schemes have anyway",
        arguments: [
            ("http://localhost", "localhost:80", true), ("http://localhost:80", "localhost", true),
            ("https://localhost", "localhost:443", true), ("https://localhost", "localhost:80", false),
            ("http://localhost", "localhost:8080", false), ("http://localhost:8080", "localhost", false),
            ("http://127.0.0.1", "localhost", false),
        ])
    func ports(origin: String, host: String, isOwn: Bool) {
        #expect((refusal(.POST, ["Origin": origin], host: host) == nil) == isOwn)
    }

    @Test(
        "refuses changes that pages of others have sent",
        arguments: [
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Sec-Fetch-Site": ""],
            ["Sec-Fetch-Site": "Same-Origin"], ["Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8080"],
            ["Origin": "null"], ["Origin": ""], ["Origin": "http://evil.example"], ["Origin": "localhost:8080"],
            ["Origin": "http://localhost"], ["Origin": "http://localhost:8081"],
            ["Origin": "http://localhost:8080.evil.example"],
            ["Origin": "http://evil.example://localhost:8080"],
        ] as [HTTPHeaders])
    func foreign(headers: HTTPHeaders) throws {
        for method in [.POST, .PUT, .PATCH, .DELETE] as [HTTPMethod] {
            let refusal = try #require(self.refusal(method, headers, host: "localhost:8080"))
            #expect(refusal.problem.status == 403)
            #expect(refusal.problem.detail.hasPrefix("a page of "))
            #expect(refusal.problem.detail.contains("expected a page of this server"))
        }
        for method in [.GET, .HEAD] as [HTTPMethod] {
            #expect(refusal(method, headers, host: "localhost:8080") == nil)
        }
    }

    @Test("looks at every header of that name")
    func repeated() {
        #expect(refusal(.POST, [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")], host: "kata") != nil)
        #expect(refusal(.POST, [("Origin", "http://kata"), ("Origin", "http://evil.example")], host: "kata") != nil)
    }

    private func refusal(
        _ method: HTTPMethod, _ headers: HTTPHeaders, uri: String = "/v1/jobs", host: String? = nil
    ) -> HTTPRefusal? {
        var headers = headers
        if let host { headers.add(name: "Host", value: host) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        return browserGuard.refusal(of: HTTPRequest(head, body: .whole(ByteBuffer())))
    }

    private func refusal(_ method: HTTPMethod, _ headers: [(String, String)], host: String) -> HTTPRefusal? {
        refusal(method, HTTPHeaders(headers), host: host)
    }
}
