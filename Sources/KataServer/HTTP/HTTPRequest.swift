import Foundation
import KataAPI
import NIOCore
import NIOHTTP1

/// A request, with its whole body.
struct HTTPRequest: Sendable {
    enum Body: Sendable {
        case whole(ByteBuffer)
        /// The body has more bytes than ``HTTPRequest/bodyLimit``; they were thrown away.
        case tooLarge

        mutating func append(_ part: ByteBuffer) {
            let before = self
            // Without this assignment the buffer would be shared, and so be copied for each part.
            self = .tooLarge
            guard case .whole(var buffer) = consume before,
                buffer.readableBytes + part.readableBytes <= bodyLimit
            else { return }
            if buffer.readableBytes == 0 { buffer = part } else { buffer.writeImmutableBuffer(part) }
            self = .whole(buffer)
        }
    }

    /// How many bytes a body may have.
    static let bodyLimit = 16 << 20

    let method: HTTPMethod
    let headers: HTTPHeaders
    /// Without the query, as it was sent.
    let path: Substring
    /// Whether the connection stays open for another request. Not with HTTP/1.0, where the end of the connection may be
    /// that of the answer, and not after a request to speak something else, behind which nothing is understood any
    /// more.
    let isKeptAlive: Bool
    let version: HTTPVersion
    let body: Body
    /// What stands in the path where its route has a name, by that name; still encoded.
    var pathParameters: [String: Substring] = [:]
    private let query: Substring

    init(_ head: HTTPRequestHead, body: Body) {
        method = head.method
        headers = head.headers
        isKeptAlive =
            head.isKeepAlive && head.version != .http1_0 && head.method != .CONNECT
            && !head.headers.contains(name: "Upgrade")
        version = head.version
        let parts = Self.target(of: head.uri).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts[0]
        query = parts.count > 1 ? parts[1] : ""
        self.body = body
    }

    /// The path and the query. Proxies may send the server's name before them, too.
    private static func target(of uri: String) -> Substring {
        guard !uri.hasPrefix("/"), let name = uri.range(of: "://") else { return uri[...] }
        return uri[name.upperBound...].drop { $0 != "/" }
    }

    /// - Throws: ``ProblemDocument`` if the body is too large.
    func wholeBody(upTo limit: Int = bodyLimit) throws -> ByteBuffer {
        if case .whole(let buffer) = body, buffer.readableBytes <= limit { return buffer }
        throw ProblemDocument(
            status: 413, title: "Too large",
            detail: "the body is larger than \(limit) bytes; send what is in it in several requests")
    }

    /// A parameter of the query, decoded; the first one of that name, `nil` if there is none.
    func parameter(_ name: String) -> String? {
        for field in query.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return (parts.count > 1 ? parts[1] : "").percentDecoded }
        }
        return nil
    }
}

extension StringProtocol {
    /// The decoded text; the text as it is, if it is not well encoded.
    var percentDecoded: String {
        // Foundation's way is a long one, and mostly there is nothing to do.
        utf8.contains(UInt8(ascii: "%")) ? removingPercentEncoding ?? String(self) : String(self)
    }
}
