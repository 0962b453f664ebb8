import NIOCore
import NIOHTTP1

/// An answer of which the head has come. The rest is read from the connection as it is asked for.
struct Answer {
    let head: HTTPResponseHead
    let connection: ControlConnection
    private let socket: String
    private let limit: Duration
    /// What was read and not given away.
    private var bytes: ByteBuffer
    private var isComplete: Bool

    /// - Parameter limit: how long the answer may take.
    init(_ first: AnswerPiece, on connection: ControlConnection, socket: String, limit: Duration) {
        head = first.head
        bytes = first.bytes
        isComplete = first.isLast
        self.connection = connection
        self.socket = socket
        self.limit = limit
    }

    /// The next part of the body, not empty; `nil` at its end.
    ///
    /// - Throws: ``ControlClientError``; `CancellationError`.
    mutating func next() async throws -> ByteBuffer? {
        while bytes.readableBytes == 0 {
            if isComplete { return nil }
            let piece = try await ControlClientError.translating(socket: socket, limit: limit) {
                try await connection.nextPiece()
            }
            bytes = piece.bytes
            isComplete = piece.isLast
        }
        defer { bytes = ByteBuffer() }
        return bytes
    }

    /// The rest of the body.
    ///
    /// - Parameter size: how many bytes it may have.
    /// - Throws: ``ControlClientError``; `CancellationError`.
    mutating func rest(upTo size: Int) async throws -> ByteBuffer {
        var rest = ByteBuffer()
        while let part = try await next() {
            guard rest.readableBytes + part.readableBytes <= size else {
                throw ControlClientError.badAnswer(socket: socket, reason: "its answer has more than \(size) bytes")
            }
            if rest.readableBytes == 0 { rest = part } else { rest.writeImmutableBuffer(part) }
        }
        return rest
    }
}
