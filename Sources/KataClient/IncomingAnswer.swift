import NIOCore
import NIOHTTP1

/// Puts an answer together from what comes, and gives it away in pieces.
struct IncomingAnswer {
    private(set) var head: HTTPResponseHead?
    private(set) var isComplete = false
    /// What nobody has taken yet.
    private var bytes = ByteBuffer()
    private var isHeadTaken = false
    private var isEndTaken = false

    mutating func add(_ part: HTTPClientResponsePart) {
        switch part {
        case .head(let head): self.head = head
        case .body(let part): if bytes.readableBytes == 0 { bytes = part } else { bytes.writeImmutableBuffer(part) }
        case .end: isComplete = true
        }
    }

    /// - Returns: `nil` if nothing has come since the last piece.
    mutating func takePiece() -> AnswerPiece? {
        guard let head else { return nil }
        let hasNews = !isHeadTaken || bytes.readableBytes > 0 || isComplete && !isEndTaken
        guard hasNews else { return nil }
        defer { bytes = ByteBuffer() }
        isHeadTaken = true
        isEndTaken = isComplete
        return AnswerPiece(head: head, bytes: bytes, isLast: isComplete)
    }

    /// Whether the connection can carry another request after this answer. After a status below 200 something else than
    /// HTTP may follow.
    var leavesConnectionOpen: Bool {
        guard isComplete, let head else { return false }
        return head.isKeepAlive && head.status.code >= 200
    }
}
