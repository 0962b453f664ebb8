import Kata
import KataDashboard

/// The end of what an attempt has printed until now, line by line.
struct OutputLines {
    private static let limit = 1 << 16
    private static let pageSize = 1 << 15
    private static let pageLimit = 64

    private var lines: [OutputLine] = []
    private var bytes: [UInt8] = []
    private var stream = OutputPiece.Stream.out
    private var size = 0
    private var omitted = 0
    private var position = 0

    /// - Throws: what the store threw; `CancellationError`.
    static func read(
        job: Job.ID, attempt: Int, from records: any JobStoreReader, live: LiveOutputs
    ) async throws -> [OutputLine] {
        var entries = OutputEntries(job: job, records: records, live: live)
        var lines = OutputLines()
        while let entry = try await entries.next() {
            if entry.attempt == attempt { try await lines.add(entry, records) }
        }
        return lines.finish()
    }

    private mutating func add(_ entry: OutputEntry, _ records: any JobStoreReader) async throws {
        position = 0
        switch entry {
        case .stored(let record):
            while true {
                let pieces = try await records.outputPieces(record.id, from: position)
                if pieces.isEmpty { break }
                add(pieces)
            }
            omitted += max(0, record.printed - position)
        case .kept(let attempt):
            add([
                OutputPiece(
                    stream: .out, position: 0, printedAt: attempt.finishedAt, bytes: Array((attempt.output ?? "").utf8))
            ])
        case .live(let output):
            // A job that prints faster than this is read has no end to come to.
            for _ in 0..<Self.pageLimit {
                guard case .pieces(let pieces) = output.read(from: position, size: Self.pageSize) else { break }
                add(pieces)
            }
        }
    }

    private mutating func add(_ pieces: [OutputPiece]) {
        for piece in pieces {
            omitted += max(0, piece.position - position)
            position = piece.end
            if omitted > 0 { note() }
            if piece.stream != stream { endLine() }
            stream = piece.stream
            for byte in piece.bytes {
                bytes.append(byte)
                if byte == UInt8(ascii: "\n") || bytes.count == Self.pageSize { endLine() }
            }
        }
    }

    private mutating func note() {
        endLine()
        append(OutputLine(class: "note", text: "[\(counted(omitted, "byte")) left out]\n"))
        omitted = 0
    }

    private mutating func endLine() {
        if bytes.isEmpty { return }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        let text = String(decoding: bytes, as: UTF8.self).printable
        append(OutputLine(class: stream == .err ? "err" : nil, text: text + "\n"))
        bytes = []
    }

    private mutating func append(_ line: OutputLine) {
        lines.append(line)
        size += line.bytes
        while size > Self.limit, lines.count > 1 { size -= lines.removeFirst().bytes }
    }

    private mutating func finish() -> [OutputLine] {
        endLine()
        if omitted > 0 { note() }
        return lines
    }
}
