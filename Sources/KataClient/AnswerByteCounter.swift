import NIOCore

/// Counts the bytes from which no part of an answer was made yet: the bytes of a head, of an end, and of what surrounds
/// the parts of a body.
///
/// It stands before the HTTP decoder. The decoder bounds the fields of a head, but not the line before them, nor how
/// many interim answers go ahead of the real one, nor what is noted on the chunks of a body.
final class AnswerByteCounter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    struct Excess: Error, CustomStringConvertible {
        var description: String { "its head, or its end, has more than \(AnswerByteCounter.limit) bytes" }
    }

    private static let limit = 256 << 10

    /// How many bytes came since the last part of an answer.
    private(set) var count = 0

    /// To be called when the decoder has made a part of an answer from the bytes, or the answer to another request
    /// begins.
    func reset() {
        count = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        if count > Self.limit { context.fireErrorCaught(Excess()) }
    }
}
