import Foundation
import KataAPI
import NIOCore
import NIOHTTP1

/// The answer to a request.
struct HTTPResponse: Sendable {
    enum Body: Sendable {
        case whole(ByteBuffer)
        /// Sent page by page, as fast as the client reads. The first page is read before, so that a failure up to there
        /// is answered with a status; `nil` means that there is none. If it is empty, the head is sent at once.
        case pages(first: [UInt8]?, rest: any HTTPBodyPages)
    }

    let status: HTTPResponseStatus
    let type: String
    /// Besides those that every answer has.
    private(set) var headers: HTTPHeaders
    let body: Body

    /// - Parameter json: a document.
    init(json: some Sequence<UInt8>, status: HTTPResponseStatus = .ok, type: String = "application/json") {
        self.init(.whole(ByteBuffer(bytes: json)), status: status, type: type)
    }

    init(_ document: some Encodable, status: HTTPResponseStatus = .ok) throws {
        self.init(json: try JSON.encode(document), status: status)
    }

    init(problem: ProblemDocument) {
        // Encoding a few texts does not fail.
        let json = (try? JSON.encode(problem)) ?? Data()
        self.init(
            json: json, status: HTTPResponseStatus(statusCode: problem.status), type: "application/problem+json")
    }

    init(_ refusal: HTTPRefusal) {
        self.init(problem: refusal.problem)
        headers = refusal.headers
    }

    /// A document that may be large. It is sent page by page, unless there is only one page.
    ///
    /// - Throws: what the pages threw at their beginning.
    init(
        pages: some HTTPBodyPages, status: HTTPResponseStatus = .ok, type: String = "application/json"
    ) async throws {
        var rest = pages
        let first = try await rest.next()
        if let first, rest.isAtEnd {
            self.init(.whole(ByteBuffer(bytes: first)), status: status, type: type)
        } else {
            self.init(.pages(first: first, rest: rest), status: status, type: type)
        }
    }

    /// - Parameter headers: besides those that every answer has.
    init(_ body: Body, status: HTTPResponseStatus = .ok, type: String, headers: HTTPHeaders = [:]) {
        self.headers = headers
        self.status = status
        self.type = type
        self.body = body
    }
}
