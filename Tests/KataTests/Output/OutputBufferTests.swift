import DequeModule
import KataTestSupport
import Testing

@testable import Kata

@Suite("What is kept of an output")
struct OutputBufferTests {
    private let limits = OutputLimits(head: 1 << 10, tail: 1 << 10)

    @Test("is all of it, in the order in which it came, with its streams and times")
    func whole() {
        var buffer = OutputBuffer(limits)
        buffer.append("one\n", .out, at: 0)
        buffer.append("two\n", .err, at: 0)
        buffer.append("three\n", .out, at: 1)
        #expect(buffer.pieces(from: 0, size: .max).map(\.text) == ["one\n", "two\n", "three\n"])
        #expect(buffer.head.map(\.stream) == [.out, .err, .out])
        #expect(buffer.head.map(\.position) == [0, 4, 8])
        #expect(buffer.head.map(\.printedAt) == [.sampleStart, .sampleStart, .sample(after: .seconds(1))])
        #expect(buffer.gap.isEmpty && buffer.end == 14)
    }

    @Test("of what comes on a stream within a moment is one piece")
    func together() {
        var buffer = OutputBuffer(limits)
        for character in ["a", "b", "c"] { buffer.append(character, .out, at: 0) }
        buffer.append("d", .out, at: 0.2)
        #expect(buffer.head.map(\.text) == ["abc", "d"])
    }

    @Test("is the beginning and the end of more, and says what is between them")
    func gap() {
        var buffer = OutputBuffer(limits)
        for number in 0..<10_000 { buffer.append("\(number)\n", .out, at: Double(number)) }
        let pieces = buffer.pieces(from: 0, size: .max)
        #expect(pieces.first?.text == "0\n" && pieces.last?.text == "9999\n")
        #expect(buffer.gap.lowerBound == 1 << 10)
        #expect(buffer.end - buffer.gap.upperBound <= 1 << 10)
        #expect(buffer.keptBytes == pieces.reduce(0) { $0 + $1.bytes.count })
        #expect(pieces.first { $0.position >= buffer.gap.upperBound }?.position == buffer.gap.upperBound)
    }

    @Test("is bounded when all comes at once")
    func block() {
        var buffer = OutputBuffer(limits)
        buffer.append(String(repeating: "x", count: 1 << 20), .out, at: 0)
        #expect(buffer.keptBytes == 2 << 10 && buffer.end == 1 << 20)
        #expect(buffer.gap == 1 << 10..<(1 << 20) - (1 << 10))
    }

    @Test("is bounded when it comes byte by byte on both streams in turn")
    func bytes() {
        var buffer = OutputBuffer(OutputLimits())
        for number in 0..<20_000 { buffer.append("x", number.isMultiple(of: 2) ? .out : .err, at: 0) }
        #expect(buffer.head.count + buffer.tail.count <= 2 * OutputBuffer.pieceLimit)
        #expect(buffer.end == 20_000)
    }

    @Test("has no character in two pieces, however it comes", arguments: 1...20)
    func characters(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var buffer = OutputBuffer(OutputLimits(head: 1 << 13, tail: 1 << 13))
        let text = String(repeating: "aé€🦊", count: 5_000)
        var rest = Array(text.utf8)[...]
        var time = 0.0
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...6_000, using: &generator))
            buffer.append(Array(part), .out, at: time)
            rest = rest.dropFirst(part.count)
            time += Double.random(in: 0...0.2, using: &generator)
        }
        for piece in buffer.head { #expect(!piece.text.unicodeScalars.contains("\u{fffd}")) }
        for piece in buffer.tail.dropFirst() { #expect(!piece.text.unicodeScalars.contains("\u{fffd}")) }
    }

    @Test("is read from any place on as it is there", arguments: 1...10)
    func reading(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var buffer = OutputBuffer(limits)
        var all: [UInt8] = []
        for step in 0..<60 {
            let count = Int.random(in: 1...80, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 32..<127, using: &generator) }
            buffer.append(bytes, Bool.random(using: &generator) ? .out : .err, at: Double(step))
            all += bytes
            var position = Int.random(in: 0...all.count, using: &generator)
            while let piece = buffer.pieces(from: position, size: 1).first {
                #expect(piece.position == position || buffer.gap.contains(position))
                #expect(piece.bytes == Array(all[piece.position..<piece.end]))
                position = piece.end
            }
            #expect(position == all.count)
        }
    }
}

extension OutputBuffer {
    fileprivate mutating func append(_ text: String, _ stream: OutputPiece.Stream, at seconds: Double) {
        append(Array(text.utf8), stream, at: seconds)
    }

    fileprivate mutating func append(_ bytes: [UInt8], _ stream: OutputPiece.Stream, at seconds: Double) {
        bytes.withUnsafeBufferPointer {
            append($0, on: stream, at: .sample(after: .milliseconds(Int64(seconds * 1_000))))
        }
    }
}

extension OutputPiece {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
