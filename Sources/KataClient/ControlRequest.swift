import Kata
import NIOCore
import NIOHTTP1

/// What a client asks the daemon.
struct ControlRequest: Sendable {
    private static let keyHeader = "Idempotency-Key"

    let method: HTTPMethod
    /// The path and the query, encoded.
    let target: String
    private(set) var headers: HTTPHeaders = ["Host": "localhost"]
    private(set) var body: ByteBuffer?

    /// - Parameters:
    ///   - path: its parts, as they are meant; they are encoded here.
    ///   - query: names, which need no encoding, and values; a field whose value is `nil` is left out.
    static func get(_ path: String..., query: [(name: String, value: String?)] = []) -> ControlRequest {
        ControlRequest(.GET, path, query)
    }

    static func post(
        _ path: String..., query: [(name: String, value: String?)] = [], body: ByteBuffer? = nil,
        type: String = "application/json"
    ) -> ControlRequest {
        var request = ControlRequest(.POST, path, query)
        // Without a length, a body in chunks would be announced.
        request.headers.add(name: "Content-Length", value: "\(body?.readableBytes ?? 0)")
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = body
        }
        return request
    }

    /// A request to change something, with a JSON object that says what.
    static func patch(_ path: String..., body: ByteBuffer) -> ControlRequest {
        var request = ControlRequest(.PATCH, path, [])
        request.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = body
        return request
    }

    private init(_ method: HTTPMethod, _ path: [String], _ query: [(name: String, value: String?)]) {
        self.method = method
        let parameters = query.compactMap { field in field.value.map { "\(field.name)=\($0.percentEncoded)" } }
        let path = path.map { "/" + $0.percentEncoded }.joined()
        target = parameters.isEmpty ? path : path + "?" + parameters.joined(separator: "&")
    }

    /// The same request with a name, by which the daemon knows it when it comes a second time.
    func named(_ key: String?) -> ControlRequest {
        var request = self
        if let key { request.headers.replaceOrAdd(name: Self.keyHeader, value: key) }
        return request
    }

    /// The same request as a part of a trace.
    func traced(from trace: TraceParent?) -> ControlRequest {
        var request = self
        if let trace { request.headers.replaceOrAdd(name: "traceparent", value: trace.text) }
        return request
    }

    /// The same request for an answer of that media type.
    func accepting(_ type: String) -> ControlRequest {
        var request = self
        request.headers.replaceOrAdd(name: "Accept", value: type)
        return request
    }

    /// Whether the request may be sent a second time when nobody knows what became of the first time.
    var isRepeatable: Bool { method == .GET || headers.contains(name: Self.keyHeader) }
}

extension String {
    /// The text with every byte encoded but letters, digits and `-._~`, which mean nothing in a URL.
    fileprivate var percentEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
