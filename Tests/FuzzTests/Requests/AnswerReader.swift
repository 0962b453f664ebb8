import Foundation

/// Reads the answers on a connection, up to its end.
struct AnswerReader {
    struct Answer {
        let status: Int
        let body: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    /// What a client sent is not looked at: where the body of an answer could follow and the next answer begins instead, or the
    /// connection ends, the request was `HEAD`.
    ///
    /// - Throws: ``FuzzTarget/Finding`` if an answer is no HTTP, or has no end.
    static func answers(in bytes: [UInt8]) throws -> [Answer] {
        var reader = AnswerReader(rest: bytes[...])
        var answers: [Answer] = []
        while !reader.rest.isEmpty { answers.append(try reader.next()) }
        return answers
    }

    private mutating func next() throws -> Answer {
        let head = try text(upTo: "\r\n\r\n").components(separatedBy: "\r\n")
        let words = head[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw FuzzTarget.Finding(description: "an answer begins with \(head[0].debugDescription)")
        }
        func header(_ name: String) -> String? {
            head.dropFirst().first { $0.lowercased().hasPrefix("\(name):") }
                .map { $0.dropFirst(name.utf8.count + 1).trimmingCharacters(in: .whitespaces) }
        }
        if rest.isEmpty || rest.starts(with: "HTTP/1.".utf8) || status < 200 { return Answer(status: status, body: []) }
        if let length = header("content-length").flatMap({ Int($0) }) {
            return Answer(status: status, body: try take(length))
        }
        guard header("transfer-encoding") == "chunked" else {
            // Up to the end of the connection.
            defer { rest = [] }
            return Answer(status: status, body: rest)
        }
        var body: ArraySlice<UInt8> = []
        while true {
            guard let size = Int(try text(upTo: "\r\n"), radix: 16) else {
                throw FuzzTarget.Finding(description: "an answer has a chunk without a size")
            }
            body += try take(size)
            _ = try text(upTo: "\r\n")
            if size == 0 { return Answer(status: status, body: body) }
        }
    }

    private mutating func text(upTo mark: String) throws -> String {
        guard let range = rest.firstRange(of: Array(mark.utf8)) else {
            throw FuzzTarget.Finding(description: "an answer breaks off")
        }
        defer { rest = rest[range.upperBound...] }
        return String(decoding: rest[..<range.lowerBound], as: UTF8.self)
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw FuzzTarget.Finding(description: "an answer breaks off") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
