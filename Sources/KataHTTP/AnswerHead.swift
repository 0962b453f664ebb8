import AsyncHTTPClient
import Kata
import NIOHTTP1

/// The head of a server's answer, to be shown: without what would let who reads it in.
struct AnswerHead {
    /// In bytes.
    private static let limit = 1 << 13
    /// In small letters.
    private static let secrets: Set = [
        "set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization", "authentication-info",
    ]

    /// A line for the status and one for each field, with the blank line that ends a head.
    let text: String

    init(_ response: HTTPClientResponse) {
        self.init(version: response.version, status: response.status, response.headers)
    }

    init(version: HTTPVersion, status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        let phrase = status.reasonPhrase.isEmpty ? "" : " \(status.reasonPhrase)"
        var lines = "HTTP/\(version.major).\(version.minor) \(status.code)\(phrase)\n"
        for (name, value) in headers where !Self.secrets.contains(name.lowercased()) {
            let line = "\(name): \(value)\n"
            if lines.utf8.count + line.utf8.count > Self.limit {
                lines += "[more of the head was left out]\n"
                break
            }
            lines += line
        }
        text = lines + "\n"
    }
}
