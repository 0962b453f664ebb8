import Foundation
import Kata
import KataAPI
import NIOCore
import NIOHTTP1

/// A request, with its whole body unless it is refused.
struct HTTPRequest: Sendable {
    enum Body: Sendable {
        case whole(ByteBuffer)
        /// The request is not to be done, and there is no body.
        case refused(HTTPRefusal)
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
    /// The host, and perhaps the port, that the request was made to; `nil` if it does not say.
    let authority: Substring?
    let version: HTTPVersion
    /// Who has opened the connection. A request may have been passed on by them, see ``isForwarded``.
    let peer: Peer
    let body: Body
    /// Keeps room for the body as long as the request is there; `nil` for a small body.
    private let reservation: BodyReservation?
    /// What stands in the path where its route has a name, by that name; still encoded.
    var pathParameters: [String: Substring] = [:]
    /// The end of the connection that it came on.
    var connection: ConnectionEnd?
    private let query: Substring

    /// A request that has come as a whole.
    init(_ request: IncomingRequest, from peer: Peer) {
        self.init(request.head, from: peer, body: .whole(request.body), reservation: request.reservation)
    }

    /// - Parameters:
    ///   - peer: who has opened the connection.
    ///   - isLast: whether the connection is closed after the answer, whatever the head says.
    init(
        _ head: HTTPRequestHead, from peer: Peer = .unknown, body: Body, isLast: Bool = false,
        reservation: BodyReservation? = nil
    ) {
        self.peer = peer
        self.reservation = reservation
        method = head.method
        headers = head.headers
        isKeptAlive =
            !isLast && head.isKeepAlive && head.version != .http1_0 && head.method != .CONNECT
            && !head.headers.contains(name: "Upgrade")
        version = head.version
        let target = Self.target(of: head.uri)
        authority = target.authority ?? head.headers.first(name: "Host")?[...]
        (path, query) = target.path.cut(at: "?")
        self.body = body
    }

    /// What the body is said to be, without parameters such as its encoding, and in small letters; `nil` if nothing is.
    var mediaType: String? {
        headers.first(name: "Content-Type")?[...].cut(at: ";").0.cut(at: " ").0.lowercased()
    }

    /// The path, or the beginning of a long one, to be shown.
    var shortPath: String { CutText(String(path), limit: 200).marked }

    /// The path with the query, or the beginning of a long one, to be shown.
    var shortTarget: String { CutText(query.isEmpty ? String(path) : "\(path)?\(query)", limit: 200).marked }

    /// The path and the query. Proxies may send the server's name before them, too, and that counts more than a header.
    private static func target(of uri: String) -> (authority: Substring?, path: Substring) {
        guard uri.utf8.first != UInt8(ascii: "/"), let name = uri.range(of: "://") else { return (nil, uri[...]) }
        let authority = uri[name.upperBound...].prefix { !["/", "?", "#"].contains($0) }
        return (authority, uri[authority.endIndex...])
    }

    /// - Throws: ``HTTPRefusal`` if the body is too large, or there is none because the request is refused.
    func wholeBody(upTo limit: Int = bodyLimit) throws -> ByteBuffer {
        switch body {
        case .whole(let buffer) where buffer.readableBytes <= limit: return buffer
        case .whole: throw HTTPRefusal.tooLarge(limit: limit)
        case .refused(let refusal): throw refusal
        }
    }

    /// The names of the query's parameters, decoded, in order.
    var parameterNames: [String] {
        query.parts(between: "&").map { $0.cut(at: "=").0.percentDecoded }
    }

    /// A parameter of the query, decoded; the first one of that name, `nil` if there is none.
    func parameter(_ name: String) -> String? {
        for field in query.parts(between: "&") {
            let (key, value) = field.cut(at: "=")
            if key.percentDecoded == name { return value.percentDecoded }
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
