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

extension HTTPRequestHead {
    /// Why the request is refused before its body is taken in; `nil` if it is not.
    ///
    /// - Parameter bodyLimit: how many bytes the body may have.
    func refusal(bodyLimit: Int) -> HTTPRefusal? {
        let hosts = headers["Host"].count
        if hosts > 1 || hosts == 0 && version != .http1_0 {
            return HTTPRefusal(
                problem: ProblemDocument(
                    status: 400, title: "Bad header",
                    detail: "there are \(hosts) Host headers, expected one, such as 'Host: kata'"))
        }
        if headers["Content-Encoding"].contains(where: { $0.lowercased() != "identity" }) {
            return HTTPRefusal(
                problem: ProblemDocument(
                    status: 415, title: "Unsupported encoding",
                    detail: "the body has a Content-Encoding, expected none; send it as it is"),
                headers: ["Accept-Encoding": "identity"])
        }
        if let length = headers.first(name: "Content-Length"), Int(length).map({ $0 > bodyLimit }) ?? true {
            return .tooLarge(limit: bodyLimit)
        }
        if version != .http1_0, let expectation = headers.first(name: "Expect"), !waitsForContinue {
            return HTTPRefusal(
                problem: ProblemDocument(
                    status: 417, title: "Bad header",
                    detail: "Expect is '\(CutText(expectation, limit: 100).marked)', expected 100-continue".printable))
        }
        return nil
    }

    /// Whether the client sends the body only once it is told to.
    var waitsForContinue: Bool {
        version != .http1_0 && headers.first(name: "Expect")?.lowercased() == "100-continue"
    }
}
