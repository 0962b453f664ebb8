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
        ] as [(String, String, String?)])
    func target(uri: String, path: String, parameter: String?) {
        let request = request(uri)
        #expect(request.path == path)
        #expect(request.parameter("a") == parameter)
    }

    @Test("keeps its connection unless something else was said or would come")
    func keepAlive() {
        #expect(request("/").isKeptAlive)
        #expect(!request("/", headers: ["Connection": "close"]).isKeptAlive)
        #expect(!request("/", headers: ["Connection": "upgrade", "upgrade": "h2c"]).isKeptAlive)
        #expect(!request("kata:80", method: .CONNECT).isKeptAlive)
        #expect(!request("/", version: .http1_0, headers: ["Connection": "keep-alive"]).isKeptAlive)
    }

    @Test("has a body that is put together from parts, up to the limit")
    func body() throws {
        var body = HTTPRequest.Body.whole(ByteBuffer())
        for part in ["a", "", "bc"] { body.append(ByteBuffer(string: part)) }
        #expect(try request("/", body: body).wholeBody() == ByteBuffer(string: "abc"))
        #expect(throws: ProblemDocument.self) { try request("/", body: body).wholeBody(upTo: 2) }
        body.append(ByteBuffer(repeating: 0x78, count: HTTPRequest.bodyLimit - 3))
        #expect(try request("/", body: body).wholeBody().readableBytes == HTTPRequest.bodyLimit)
        body.append(ByteBuffer(string: "x"))
        body.append(ByteBuffer(string: ""))
        #expect(throws: ProblemDocument.self) { try request("/", body: body).wholeBody() }
        body = .whole(ByteBuffer())
        body.append(ByteBuffer(repeating: 0x78, count: HTTPRequest.bodyLimit + 1))
        #expect(throws: ProblemDocument.self) { try request("/", body: body).wholeBody() }
    }

    private func request(
        _ uri: String, method: HTTPMethod = .GET, version: HTTPVersion = .http1_1, headers: HTTPHeaders = [:],
        body: HTTPRequest.Body = .whole(ByteBuffer())
    ) -> HTTPRequest {
        HTTPRequest(HTTPRequestHead(version: version, method: method, uri: uri, headers: headers), body: body)
    }
}
