import Kata
import KataAPI

/// Writes what is found of an output in the format that a client wants, without what it does not want.
struct OutputText: Sendable {
    private let query: OutputQuery
    /// How many bytes were left out before the next piece.
    private var omitted = 0
    private var endsLine = true

    init(_ query: OutputQuery) {
        self.query = query
    }

    /// Notes that so many bytes are not kept.
    mutating func omit(_ count: Int) {
        omitted += count
    }

    mutating func write(_ piece: OutputPiece, of entry: OutputEntry, into bytes: inout [UInt8]) {
        if let since = query.since, piece.printedAt < since {
            omitted = 0
            return
        }
        if let stream = query.stream, piece.stream != stream { return }
        writeOmission(entry, into: &bytes)
        switch query.format {
        case .bytes: bytes += piece.bytes
        case .objects:
            let mark = OutputMark(beganAt: entry.beganAt, isKept: entry.isKept, position: piece.end)
            Self.object("output", into: &bytes) { json in
                json.field("attempt", entry.attempt)
                json.field("printed_at", piece.printedAt.iso8601)
                json.field("stream", piece.stream.rawValue)
                json.field("text", String(decoding: piece.bytes, as: UTF8.self))
                json.field("mark", mark.text)
            }
        }
        endsLine = piece.bytes.last == UInt8(ascii: "\n")
    }

    /// Says how many bytes are left out here, if any are.
    mutating func writeOmission(_ entry: OutputEntry, into bytes: inout [UInt8]) {
        if omitted == 0 { return }
        switch query.format {
        case .bytes: writeLine("[\(counted(omitted, "byte")) left out]", into: &bytes)
        case .objects:
            Self.object("omitted", into: &bytes) { json in
                json.field("attempt", entry.attempt)
                json.field("bytes", omitted)
            }
        }
        omitted = 0
    }

    /// Says that a client is dropped, which did not read.
    mutating func farewell(after patience: Duration) -> [UInt8] {
        var bytes: [UInt8] = []
        let reason = "this reader has taken nothing for \(patience.formattedSeconds) s, and is followed no more"
        switch query.format {
        case .bytes: writeLine("[\(reason)]", into: &bytes)
        case .objects: Self.object("dropped", into: &bytes) { $0.field("reason", reason) }
        }
        return bytes
    }

    /// Says that there is no more, and how the job is.
    func end(_ record: JobRecord, isRunning: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        switch query.format {
        case .bytes: break
        case .objects:
            Self.object("end", into: &bytes) { json in
                json.field("state", isRunning && record.state == .pending ? "running" : record.state.rawValue)
                if let error = record.error { json.field("error", error) }
            }
        }
        return bytes
    }

    private mutating func writeLine(_ line: String, into bytes: inout [UInt8]) {
        bytes += Array("\(endsLine ? "" : "\n")\(line)\n".utf8)
        endsLine = true
    }

    private static func object(
        _ type: String, into bytes: inout [UInt8], _ fields: (inout JSONWriter) -> Void
    ) {
        bytes += JSONWriter.message(type, fields)
    }
}
