import KataAPI
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("An HTTP request")
struct HTTPRequestTests {
    @Test(
        "has a path and parameters",
        arguments: [
            ("/v1/jobs", "/v1/jobs", nil), ("/v1/jobs?", "/v1/jobs", nil), ("/v1/jobs?a=b", "/v1/jobs", "b"),
            ("/v1/jobs?b=c&a=%C3%A9%20&a=x", "/v1/jobs", "é "), ("/?a", "/", ""), ("/?a=b=c", "/", "b=c"),
            ("/?a=%ZZ+", "/", "%ZZ+"), ("/?x=a=b", "/", nil), ("http://kata/v1?a=/?b", "/v1", "/?b"),
            ("http://kata", "", nil), ("/x?u=http://kata/y", "/x", nil), ("*", "*", nil),
            ("/v1/\u{301}x?\u{301}&a=\u{301}b", "/v1/\u{301}x", "\u{301}b"),
        ] as [(String, String, String?)])
    func target(uri: String, path: String, parameter: String?) {
        let request = request(uri)
        #expect(request.path == path)
        #expect(request.parameter("a") == parameter)
    }

    @Test(
        "has a media type without its parameters",
        arguments: [
            (nil, nil), ("application/json", "application/json"),
            ("Application/JSON; charset=utf-8", "application/json"),
            ("text/plain ;charset=utf-8", "text/plain"), ("", ""), (";", ""),
        ] as [(String?, String?)])
    func mediaType(header: String?, type: String?) {
        let headers = header.map { ["content-type": $0] as HTTPHeaders } ?? [:]
        #expect(request("/", headers: headers).mediaType == type)
    }

    @Test("keeps its connection unless something else was said or would come")
    func keepAlive() {
        #expect(request("/").isKeptAlive)
        #expect(!request("/", headers: ["Connection": "close"]).isKeptAlive)
        #expect(!request("/", headers: ["Connection": "upgrade", "upgrade": "h2c"]).isKeptAlive)
        #expect(!request("kata:80", method: .CONNECT).isKeptAlive)
        #expect(!request("/", version: .http1_0, headers: ["Connection": "keep-alive"]).isKeptAlive)
    }

    @Test("has a body, up to a limit")
    func body() throws {
        let request = request("/", body: .whole(ByteBuffer(string: "abc")))
        #expect(try request.wholeBody() == ByteBuffer(string: "abc"))
        #expect(throws: HTTPRefusal.self) { try request.wholeBody(upTo: 2) }
    }

    private func request(
        _ uri: String, method: HTTPMethod = .GET, version: HTTPVersion = .http1_1, headers: HTTPHeaders = [:],
        body: HTTPRequest.Body = .whole(ByteBuffer())
    ) -> HTTPRequest {
        HTTPRequest(HTTPRequestHead(version: version, method: method, uri: uri, headers: headers), body: body)
    }
}
