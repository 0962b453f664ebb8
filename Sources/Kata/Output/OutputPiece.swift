/// A part of what an attempt has printed, from one of its two streams.
public struct OutputPiece: Hashable, Sendable {
    /// Where a piece was printed to.
    public enum Stream: String, CaseIterable, Hashable, Sendable {
        /// Standard output, or the result of a handler without processes.
        case out
        /// Standard error, and what a handler tells besides its result.
        case err
    }

    /// Where the piece was printed to.
    public let stream: Stream
    /// How many bytes the attempt had printed before, on both streams.
    public let position: Int
    /// When the first byte of the piece was read.
    public let printedAt: Timestamp
    /// The bytes as they were printed, at least one. They may be no UTF-8.
    public internal(set) var bytes: [UInt8]

    /// Describes a part of an output.
    public init(stream: Stream, position: Int, printedAt: Timestamp, bytes: [UInt8]) {
        self.stream = stream
        self.position = position
        self.printedAt = printedAt
        self.bytes = bytes
    }

    /// How many bytes the attempt had printed after the piece.
    public var end: Int { position + bytes.count }

    /// What is left of the piece from that position on; `nil` if nothing is.
    func from(_ position: Int) -> OutputPiece? {
        if position <= self.position { return self }
        if position >= end { return nil }
        return OutputPiece(
            stream: stream, position: position, printedAt: printedAt,
            bytes: Array(bytes.dropFirst(position - self.position)))
    }
}
