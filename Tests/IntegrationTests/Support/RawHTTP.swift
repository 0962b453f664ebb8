import Foundation
import KataTestSupport
import Testing

/// An answer over the control socket.
struct RawAnswer: Sendable {
    let status: Int
    let body: String

    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
    }

    /// What a problem document says.
    var detail: String { object["detail"] as? String ?? "" }
    /// What a submission says.
    var ids: [Int] { object["ids"] as? [Int] ?? [] }
}

extension Workplace {
    /// Sends a request byte by byte as it is given, whatever is wrong with it.
    ///
    /// - Throws: ``RawHTTP/NoAnswer`` if the daemon is not there, or goes away without a whole answer.
    func request(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> RawAnswer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: kata\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let request = Array("\(head)\r\n".utf8) + body
        return try await RawHTTP.parse(converse(request))
    }

    /// Sends what is given, says that there is no more if asked to, and reads until the daemon closes the connection.
    func converse(_ bytes: [UInt8], isAll: Bool = false) async throws -> [UInt8] {
        let socket = socket
        return try await withCheckedThrowingContinuation { continuation in
            // A thread, because it blocks.
            Thread.detachNewThread {
                continuation.resume(with: Result { try RawHTTP.converse(bytes, isAll: isAll, socket: socket) })
            }
        }
    }

    /// Submits one job as JSON.
    func post(_ json: String, to pipeline: String = "mail", key: String? = nil) async throws -> RawAnswer {
        try await post(Array(json.utf8), to: pipeline, type: "application/json", key: key)
    }

    func post(
        _ body: [UInt8], to pipeline: String = "mail", type: String, key: String? = nil
    ) async throws -> RawAnswer {
        var headers = ["Content-Type": type]
        headers["Idempotency-Key"] = key
        return try await request("POST", "/v1/pipelines/\(pipeline)/jobs", headers: headers, body: body)
    }
}

/// HTTP without a client that would know better.
enum RawHTTP {
    struct NoAnswer: Error {}

    /// In milliseconds. Many daemons may be at work beside this one.
    private static let patience: Int32 = 300_000

    /// Writes and reads at the same time: a server may answer, and stop to read, before it has seen all of a body.
    fileprivate static func converse(_ request: [UInt8], isAll: Bool, socket path: String) throws -> [UInt8] {
        let descriptor = try UnixAddress(path).connected()
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var rest = request[...]
        if rest.isEmpty && isAll { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let events = rest.isEmpty ? POLLIN : POLLIN | POLLOUT
            var ready = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            guard poll(&ready, 1, patience) > 0 else { throw NoAnswer() }
            if Int32(ready.revents) & POLLOUT != 0, !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // Who does not want the rest may still have answered.
                if count > 0 { rest.removeFirst(count) } else if errno != EAGAIN { rest = [] }
                if rest.isEmpty && isAll { shutdown(descriptor, Int32(SHUT_WR)) }
            }
            if Int32(ready.revents) & ~POLLOUT != 0 {
                let count = recv(descriptor, &block, block.count, 0)
                if count > 0 { answer += block[..<count] } else if count == 0 || errno != EAGAIN { break }
            }
        }
        return answer
    }

    /// Reads until the daemon closes the connection. Blocks the thread.
    static func readAll(of descriptor: Int32) -> [UInt8] {
        var answer: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &block, block.count, 0)
            if count > 0 { answer += block[..<count] } else if count == 0 || errno != EINTR { return answer }
        }
    }

    static func parse(_ bytes: [UInt8]) throws -> RawAnswer {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw NoAnswer()
        }
        let body = String(text[end.upperBound...])
        let length = text[..<end.lowerBound].lowercased().firstMatch(of: /content-length: (\d+)/)?.output.1
        if let length = length.flatMap({ Int($0) }), body.utf8.count < length { throw NoAnswer() }
        return RawAnswer(status: status, body: body)
    }
}
