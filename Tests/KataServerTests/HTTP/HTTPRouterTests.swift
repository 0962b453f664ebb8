import KataAPI
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("The router")
struct HTTPRouterTests {
    private let router: HTTPRouter

    init() {
        var router = HTTPRouter()
        router.get("/v1/jobs", ["state", "limit"]) { _ in Self.response("list") }
        router.get("/v1/jobs/:id") { Self.response("job \($0.pathParameters["id"] ?? "")") }
        router.get("/v1/jobs/:id/explain") { Self.response("explain \($0.pathParameters["id"] ?? "")") }
        router.get("/v1/drain") { _ in Self.response("forecast") }
        router.post("/v1/drain") { _ in Self.response("drain") }
        router.post("/v1/:name/jobs/:id") {
            Self.response("post \($0.pathParameters["name"] ?? "") \($0.pathParameters["id"] ?? "")")
        }
        self.router = router
    }

    @Test(
        "finds the route of a method and a path, and what the path names",
        arguments: [
            (.GET, "/v1/jobs", "list"), (.GET, "/v1/jobs/", "list"), (.HEAD, "/v1/jobs", "list"),
            (.GET, "/v1/jobs/17", "job 17"), (.GET, "/v1/jobs/17/explain", "explain 17"), (.GET, "/v1/jobs/17/x", nil),
            (.POST, "/v1/a%2Fb/jobs/17", "post a%2Fb 17"), (.GET, "/v1/jobs/\u{301}7", "job \u{301}7"),
            (.GET, "/", nil), (.GET, "", nil),
            (.HEAD, "/v1/nothing", nil), (.GET, "/v2/jobs", nil), (.POST, "/v1/drain", "drain"),
            (.GET, "/v1/drain", "forecast"), (.GET, "/v1/jobs?limit=1&state=done", "list"),
            (.GET, "/v1/jobs?%6cimit=1", "list"), (.GET, "/v1/jobs?", "list"), (.GET, "/v1/jobs?&", "list"),
        ] as [(HTTPMethod, String, String?)])
    func routes(method: HTTPMethod, path: String, answer: String?) async throws {
        try await #expect(router.respond(to: Self.request(method, path))?.type == answer)
    }

    @Test(
        "says which methods a path takes",
        arguments: [
            (.POST, "/v1/jobs", "GET, HEAD"), (.DELETE, "/v1/jobs/17", "GET, HEAD"),
            (.PUT, "/v1/drain", "GET, HEAD, POST"),
            (.GET, "/v1/mail/jobs/17", "POST"), (.HEAD, "/v1/mail/jobs/17", "POST"),
            (.OPTIONS, "/v1/jobs", "GET, HEAD"),
        ] as [(HTTPMethod, String, String)])
    func wrongMethod(method: HTTPMethod, path: String, allowed: String) async throws {
        let refusal = try await #require(throws: HTTPRefusal.self) {
            try await router.respond(to: Self.request(method, path))
        }
        #expect(refusal.problem.status == 405)
        #expect(refusal.headers["Allow"] == [allowed])
    }

    @Test(
        "refuses a parameter that its route does not know, and names the nearest one",
        arguments: [
            ("/v1/jobs?limt=1", "there is no parameter 'limt'; did you mean 'limit'?"),
            ("/v1/jobs?limit=1&State=done", "there is no parameter 'State'; did you mean 'state'?"),
            ("/v1/jobs?colour", "there is no parameter 'colour'; expected state, limit"),
            ("/v1/jobs/17?full=1", "there is no parameter 'full'; there is none here"),
            ("/v1/jobs?a%0Ab", "there is no parameter 'a\\u{a}b'; expected state, limit"),
        ])
    func unknownParameter(path: String, detail: String) async throws {
        let problem = try await #require(throws: ProblemDocument.self) {
            try await router.respond(to: Self.request(.GET, path))
        }
        #expect(problem.status == 400)
        #expect(problem.detail == detail)
    }

    private static func request(_ method: HTTPMethod, _ path: String) -> HTTPRequest {
        HTTPRequest(HTTPRequestHead(version: .http1_1, method: method, uri: path), body: .whole(ByteBuffer()))
    }

    private static func response(_ text: String) -> HTTPResponse {
        HTTPResponse(.whole(ByteBuffer()), type: text)
    }
}
