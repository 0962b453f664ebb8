import Kata
import Logging

/// What a plugin says.
enum PluginMessage: Sendable {
    /// How a request ended.
    enum Answer: Sendable {
        case done(output: String?)
        case failed(error: String, retry: JobFailure.Retry, output: String?)
        case items([NewJob], cursor: String?, isEnd: Bool)
    }

    case hello(PluginHello)
    case answer(id: UInt64, Answer)
    case progress(id: UInt64, JobProgress)
    case checkpoint(id: UInt64, text: String)
    /// What a job prints, as it is.
    case output(id: UInt64, OutputPiece.Stream, text: String)
    case log(Logger.Level, message: String, id: UInt64?)
    case pong(id: UInt64)
    /// A message of a later version of the protocol, which is ignored.
    case other(type: String)

    /// Reads a line, without its line feed.
    ///
    /// - Throws: ``JSONScanner/Fault``.
    init(line: UnsafeBufferPointer<UInt8>) throws {
        var scanner = JSONScanner(line)
        let fields = try PluginFields(&scanner)
        if scanner.peek() != nil { throw scanner.unexpected("nothing after the object") }
        guard let type = fields.type else { throw scanner.fault("there is no \"type\"") }
        func id() throws -> UInt64 {
            guard let id = fields.id else {
                throw scanner.fault("a message of type \"\(type.abbreviated)\" has no \"id\"")
            }
            return id
        }
        switch type {
        case "hello": self = .hello(fields.hello)
        case "done": self = .answer(id: try id(), .done(output: fields.output))
        case "failed":
            let error = fields.error.flatMap { $0.isEmpty ? nil : $0 } ?? "the plugin says no more than that it failed"
            self = .answer(id: try id(), .failed(error: error, retry: fields.retry, output: fields.output))
        case "items": self = .answer(id: try id(), .items(fields.items, cursor: fields.cursor, isEnd: fields.isEnd))
        case "progress":
            self = .progress(id: try id(), JobProgress(fraction: fields.fraction, text: fields.text ?? ""))
        case "checkpoint": self = .checkpoint(id: try id(), text: fields.text ?? "")
        case "output": self = .output(id: try id(), fields.stream, text: fields.text ?? "")
        case "log": self = .log(fields.level, message: fields.message ?? "", id: fields.id)
        case "pong": self = .pong(id: try id())
        default: self = .other(type: type)
        }
    }
}

/// The fields of a message, whichever type it is.
private struct PluginFields {
    var type: String?
    var id: UInt64?
    var output: String?
    var error: String?
    var retry = JobFailure.Retry.byPolicy
    var items: [NewJob] = []
    var cursor: String?
    var isEnd = false
    var text: String?
    var stream = OutputPiece.Stream.out
    var fraction: Double?
    var level = Logger.Level.info
    var message: String?
    var hello = PluginHello()

    init(_ scanner: inout JSONScanner) throws {
        try scanner.expect("{", "an object such as {\"type\": \"done\", \"id\": 1}")
        if scanner.skip("}") { return }
        repeat {
            let key = try scanner.string()
            try scanner.expect(":", "':'")
            try read(key, &scanner)
        } while scanner.skip(",")
        try scanner.expect("}", "',' or '}'")
    }

    private mutating func read(_ key: String, _ scanner: inout JSONScanner) throws {
        switch key {
        case "type": type = try scanner.string()
        case "id": id = try number(key, &scanner)
        case "output": output = try text(&scanner)
        case "error": error = try text(&scanner)
        case "retry": retry = try retry(&scanner)
        case "items": items = try items(&scanner)
        case "cursor": cursor = try text(&scanner)
        case "end": isEnd = try scanner.compactText() == "true"
        case "text": text = try text(&scanner)
        case "stream": stream = try stream(&scanner)
        case "fraction": fraction = try fraction(&scanner)
        case "level": level = try text(&scanner).flatMap { Logger.Level(rawValue: $0) } ?? .info
        case "message": message = try text(&scanner)
        case "protocol": hello.protocolVersion = try number(key, &scanner)
        case "kind": hello.kind = try text(&scanner) ?? ""
        case "version": hello.version = try text(&scanner)?.shortened(to: 100)
        case "concurrency": hello.concurrency = try number(key, &scanner)
        case "pings": hello.answersPings = try scanner.compactText() == "true"
        case "finite": hello.isFinite = try scanner.compactText() == "true"
        default: _ = try scanner.compactText()
        }
    }

    /// A string, or any other value as its text; `nil` for null.
    private func text(_ scanner: inout JSONScanner) throws -> String? {
        if scanner.peek() == UInt8(ascii: "\"") { return try scanner.string() }
        let text = try scanner.compactText()
        return text == "null" ? nil : text
    }

    private func stream(_ scanner: inout JSONScanner) throws -> OutputPiece.Stream {
        let name = try text(&scanner) ?? ""
        guard let stream = OutputPiece.Stream(rawValue: name) else {
            throw scanner.fault("\"stream\" is \(name.abbreviated), expected \"out\" or \"err\"")
        }
        return stream
    }

    private func number<Number: FixedWidthInteger>(_ key: String, _ scanner: inout JSONScanner) throws -> Number {
        let text = try scanner.compactText()
        guard let number = Number(text) else {
            throw scanner.fault("\"\(key)\" is \(text.abbreviated), expected a whole number")
        }
        return number
    }

    /// A number, of which what is beyond 0 and 1 counts as the nearer one; `nil` for null.
    private func fraction(_ scanner: inout JSONScanner) throws -> Double? {
        let text = try scanner.compactText()
        if text == "null" { return nil }
        guard let number = Double(text), number.isFinite else {
            throw scanner.fault("\"fraction\" is \(text.abbreviated), expected a number from 0 to 1")
        }
        return min(max(number, 0), 1)
    }

    private func retry(_ scanner: inout JSONScanner) throws -> JobFailure.Retry {
        let isText = scanner.peek() == UInt8(ascii: "\"")
        let text = try isText ? scanner.string() : scanner.compactText()
        switch (isText, text) {
        case (false, "true"): return .again
        case (false, "false"): return .never
        case (false, "null"): return .byPolicy
        case (true, "interrupted"): return .interrupted
        case (true, "unavailable"): return .unavailable
        case (true, _):
            if let duration = Duration(configuration: text) { return .after(duration) }
        default: break
        }
        throw scanner.fault(
            "\"retry\" is \(text.abbreviated), expected true, false, \"interrupted\", \"unavailable\" or a duration of at most 365d, such as \"30s\""
        )
    }

    /// How many items a message may have. A request asks for far fewer, and a line of empty ones could hold millions.
    private static let itemCountLimit = 100_000

    private func items(_ scanner: inout JSONScanner) throws -> [NewJob] {
        var items: [NewJob] = []
        try scanner.expect("[", "a list of items")
        if scanner.skip("]") { return items }
        repeat {
            if items.count == Self.itemCountLimit {
                throw scanner.fault("there are too many items, expected no more than were asked for")
            }
            if scanner.peek() == UInt8(ascii: "\"") {
                items.append(NewJob(item: try scanner.string()))
            } else {
                items.append(
                    try Array(scanner.compactText().utf8).withUnsafeBufferPointer { try NewJob(json: $0, now: .now()) })
            }
        } while scanner.skip(",")
        try scanner.expect("]", "',' or ']'")
        return items
    }
}
