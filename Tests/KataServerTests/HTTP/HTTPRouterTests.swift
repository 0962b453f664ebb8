import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("The router")
struct HTTPRouterTests {
    @Test(
        "finds the route of a method and a path, and what the path names",
        arguments: [
            (.GET, "/v1/jobs", "list"), (.GET, "/v1/jobs/", "list"), (.POST, "/v1/jobs", nil),
            (.GET, "/v1/jobs/17", "job 17"), (.GET, "/v1/jobs/17/explain", "explain 17"), (.GET, "/v1/jobs/17/x", nil),
            (.POST, "/v1/a%2Fb/jobs/17", "post a%2Fb 17"), (.GET, "/", nil), (.GET, "", nil),
            (.HEAD, "/v1/jobs", nil), (.GET, "/v2/jobs", nil),
        ] as [(HTTPMethod, String, String?)])
    func routes(method: HTTPMethod, path: String, answer: String?) async throws {
        var router = HTTPRouter()
        router.get("/v1/jobs") { _ in Self.response("list") }
        router.get("/v1/jobs/:id") { Self.response("job \($0.pathParameters["id"] ?? "")") }
        router.get("/v1/jobs/:id/explain") { Self.response("explain \($0.pathParameters["id"] ?? "")") }
        router.post("/v1/:name/jobs/:id") {
            Self.response("post \($0.pathParameters["name"] ?? "") \($0.pathParameters["id"] ?? "")")
        }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
        let response = try await router.respond(to: HTTPRequest(head, body: .whole(ByteBuffer())))
        #expect(response?.type == answer)
    }

    private static func response(_ text: String) -> HTTPResponse {
        HTTPResponse(.whole(ByteBuffer()), type: text)
    }
}
