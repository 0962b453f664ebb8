import Kata
import KataAPI
import NIOHTTP1

/// Why a request is not done: a problem, and what HTTP wants to be said with it.
struct HTTPRefusal: Error, Sendable {
    let problem: ProblemDocument
    /// Added to the answer.
    var headers: HTTPHeaders = [:]

    static func tooLarge(limit: Int) -> HTTPRefusal {
        HTTPRefusal(
            problem: ProblemDocument(
                status: 413, title: "Too large",
                detail: "the body is larger than \(limit) bytes; send what is in it in several requests"))
    }

    static let tooSlow = HTTPRefusal(
        problem: ProblemDocument(
            status: 408, title: "Too slow", detail: "the rest of the request did not come in time; send it again"))

    static let noRoom = HTTPRefusal(
        problem: ProblemDocument(
            status: 503, title: "Busy",
            detail: "the daemon has as many large requests in hand as it takes at a time; send this one again"),
        headers: ["Retry-After": "1"])

    static let tooManyWait = HTTPRefusal(
        problem: ProblemDocument(
            status: 503, title: "Busy",
            detail: "as many clients wait for jobs as the daemon lets wait at a time; ask without waiting, or try again"
        ),
        headers: ["Retry-After": "1"])

    static let tooManyStreams = HTTPRefusal(
        problem: ProblemDocument(
            status: 503, title: "Busy",
            detail: "as many clients are kept up to date as the daemon does at a time; close some"),
        headers: ["Retry-After": "5"])

    static let tooManyConnections = HTTPRefusal(
        problem: ProblemDocument(
            status: 503, title: "Busy",
            detail: "the daemon has as many connections as it takes at a time; close some, or try again"),
        headers: ["Retry-After": "1"])
}

extension HTTPRefusal {
    /// Something can't be written now, and may be soon.
    init(_ failure: StoreFailure) {
        self.init(
            problem: ProblemDocument(
                status: failure.cause == .full ? 507 : 503, title: "Store takes no writes",
                detail: "\(failure)".printable),
            headers: failure.mayPass ? ["Retry-After": "1"] : [:])
    }
}
