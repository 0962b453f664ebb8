import Foundation
import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// The answer to a request.
struct HTTPResponse: Sendable {
    enum Body: Sendable {
        case whole(ByteBuffer)
        /// Sent page by page, as fast as the client reads. The first page is read before, so that a failure up to there
        /// is answered with a status; `nil` means that there is none.
        case pages(first: [UInt8]?, rest: ResultPages.Iterator)
    }

    let status: HTTPResponseStatus
    let type: String
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

    init(_ body: Body, status: HTTPResponseStatus = .ok, type: String) {
        self.status = status
        self.type = type
        self.body = body
    }
}
