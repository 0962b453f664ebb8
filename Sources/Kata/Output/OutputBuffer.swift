import DequeModule

/// The beginning and the end of what an attempt prints, within bounds.
///
/// Bytes are kept in pieces: what comes on the same stream within a moment is one piece, up to a size. A character that came
/// as a whole is never parted between two pieces.
struct OutputBuffer: Sendable {
    /// How many bytes a piece has at the most.
    static let pieceSize = 1 << 12
    /// How many pieces there are at the most in each of the two parts, were they of one byte each.
    static let pieceLimit = 1 << 10
    /// What comes later than this after the first byte of a piece is another piece.
    static let pieceTime = Duration.milliseconds(100)

    private let headLimit: Int
    private let tailLimit: Int
    private(set) var head: Deque<OutputPiece> = []
    /// What was printed last, as soon as the head is full.
    private(set) var tail: Deque<OutputPiece> = []
    private var isHeadFull = false
    private var headBytes = 0
    private var tailBytes = 0
    /// How many bytes were printed, on both streams.
    private(set) var end = 0

    init(_ limits: OutputLimits) {
        headLimit = limits.head
        tailLimit = limits.tail
    }

    /// The positions of the bytes that are not kept.
    var gap: Range<Int> { headBytes..<(end - tailBytes) }

    /// How many bytes are kept.
    var keptBytes: Int { headBytes + tailBytes }

    mutating func append(_ block: UnsafeBufferPointer<UInt8>, on stream: OutputPiece.Stream, at now: Timestamp) {
        var rest = block[...]
        if !isHeadFull { addToHead(&rest, stream, now) }
        if rest.isEmpty { return }
        if rest.count > tailLimit {
            // None of what is there would be left, nor would the first part of this.
            tail.removeAll(keepingCapacity: true)
            tailBytes = 0
            end += rest.count - tailLimit
            rest = rest.suffix(tailLimit)
        }
        while !rest.isEmpty {
            let taken = Self.takePiece(&rest, upTo: .max, stream, at: end, now, &tail)
            end += taken
            tailBytes += taken
        }
        while tailBytes > tailLimit || tail.count > Self.pieceLimit {
            guard let oldest = tail.popFirst() else { break }
            tailBytes -= oldest.bytes.count
        }
    }

    private mutating func addToHead(
        _ rest: inout Slice<UnsafeBufferPointer<UInt8>>, _ stream: OutputPiece.Stream, _ now: Timestamp
    ) {
        while !rest.isEmpty {
            if head.count >= Self.pieceLimit {
                isHeadFull = true
                return
            }
            let taken = Self.takePiece(&rest, upTo: headLimit - headBytes, stream, at: end, now, &head)
            // There may be room for a part of a character, which is left to the tail.
            if taken == 0 {
                isHeadFull = true
                return
            }
            end += taken
            headBytes += taken
        }
    }

    /// Adds as much as goes into one piece, the last one or another one.
    ///
    /// - Returns: how many bytes were taken.
    private static func takePiece(
        _ rest: inout Slice<UnsafeBufferPointer<UInt8>>, upTo room: Int, _ stream: OutputPiece.Stream, at position: Int,
        _ now: Timestamp, _ pieces: inout Deque<OutputPiece>
    ) -> Int {
        if let last = pieces.last, last.stream == stream, last.bytes.count < pieceSize, goesOn(last, now) {
            let part = cut(rest, to: min(room, pieceSize - last.bytes.count))
            if !part.isEmpty {
                pieces[pieces.count - 1].bytes.append(contentsOf: part)
                rest = rest.dropFirst(part.count)
                return part.count
            }
        }
        let part = cut(rest, to: min(room, pieceSize))
        if part.isEmpty { return 0 }
        pieces.append(OutputPiece(stream: stream, position: position, printedAt: now, bytes: Array(part)))
        rest = rest.dropFirst(part.count)
        return part.count
    }

    /// Whether what comes now belongs to that piece: it comes soon, or goes on with a character.
    private static func goesOn(_ piece: OutputPiece, _ now: Timestamp) -> Bool {
        let age = piece.printedAt.duration(to: now)
        return (age >= .zero && age < pieceTime) || piece.bytes.unfinishedScalarLength > 0
    }

    private static func cut(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>, to limit: Int
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        if bytes.count <= limit { return bytes }
        let part = bytes.prefix(limit)
        return part.dropLast(part.unfinishedScalarLength)
    }

    /// The pieces from a position on, the first of them cut to it, up to a number of bytes. Where bytes are not kept, the next
    /// piece that is kept comes first.
    ///
    /// - Parameter size: after how many bytes no further piece is taken.
    func pieces(from position: Int, size: Int) -> [OutputPiece] {
        var found: [OutputPiece] = []
        var bytes = 0
        for part in [head, tail] {
            guard let last = part.last, last.end > position else { continue }
            // Who follows is near the end.
            var index = part.count - 1
            while index > 0 && part[index - 1].end > position { index -= 1 }
            while index < part.count && bytes < size {
                if let piece = part[index].from(position) {
                    found.append(piece)
                    bytes += piece.bytes.count
                }
                index += 1
            }
        }
        return found
    }
}
