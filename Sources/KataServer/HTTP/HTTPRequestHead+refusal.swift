import Kata
import KataAPI
import NIOHTTP1

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
