import NIOCore
import NIOHTTP1

/// A part of an answer: what has come since the part before.
struct AnswerPiece: Sendable {
    /// The head of the answer; each piece has it.
    let head: HTTPResponseHead
    /// A part of the body. It may be empty, in the first piece and in the last.
    let bytes: ByteBuffer
    let isLast: Bool
}
