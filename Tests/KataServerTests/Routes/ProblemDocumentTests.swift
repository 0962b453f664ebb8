import Kata
import KataAPI
import NIOCore
import NIOHTTP1
import Testing

@testable import KataServer

@Suite("The problem that ends a request")
struct ProblemDocumentTests {
    private let fault = JobFault(description: "the item is too long")

    @Test("says of a faulty job that none of its request was taken")
    func submission() {
        let problem = ProblemDocument(fault, request: request(.POST, "/v1/pipelines/mail/jobs"))
        #expect((problem.status, problem.title) == (422, "Bad job"))
        #expect(problem.detail == "the item is too long; no job of this request was taken")
    }

    @Test(
        "says of a faulty edit that nothing was changed",
        arguments: [(.PATCH, "/v1/jobs/7"), (.POST, "/v1/jobs/7/retry")] as [(HTTPMethod, String)])
    func edit(method: HTTPMethod, path: String) {
        let problem = ProblemDocument(fault, request: request(method, path))
        #expect((problem.status, problem.title) == (422, "Bad edit"))
        #expect(problem.detail == "the item is too long; nothing was changed")
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPRequest {
        HTTPRequest(HTTPRequestHead(version: .http1_1, method: method, uri: path), body: .whole(ByteBuffer()))
    }
}
