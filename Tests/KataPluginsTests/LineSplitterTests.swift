import Testing

@testable import KataPlugins

@Suite("The line splitter")
struct LineSplitterTests {
    private let text = Array("one\n\nzwei 🦊\r\n\u{0}\nlast".utf8)
    private let lines = ["one", "", "zwei 🦊\r", "\u{0}", "last"]

    @Test("gives the same lines wherever the stream is split")
    func everySplit() {
        for split in 0...text.count {
            #expect(lines(of: [Array(text[..<split]), Array(text[split...])]) == lines, "split at \(split)")
        }
    }

    @Test("gives the same lines in blocks of any size", arguments: 1...30)
    func everySize(size: Int) {
        var blocks: [[UInt8]] = []
        text.inBlocks(of: size) { blocks.append(Array($0)) }
        #expect(lines(of: blocks) == lines)
    }

    @Test("gives a line when it is complete, not when the next one comes")
    func atOnce() {
        var splitter = LineSplitter()
        var given: [String] = []
        Array("a\nb".utf8).withUnsafeBufferPointer { splitter.append($0) { given.append($0) } }
        #expect(given == ["a"])
        splitter.finish { given.append($0) }
        #expect(given == ["a", "b"])
    }

    @Test("gives nothing for the end after a line break, and nothing for nothing")
    func end() {
        #expect(lines(of: [Array("a\n".utf8)]) == ["a"])
        #expect(lines(of: [[]]) == [])
        #expect(lines(of: [Array("\n".utf8)]) == [""])
    }

    @Test("gives a line that is too long in parts, and loses nothing of it", arguments: [-1, 0, 1])
    func longLines(extra: Int) {
        for size in [1, 1_000, LineSplitter.lineLimit, 1 << 16] {
            let line = String(repeating: "x", count: 2 * LineSplitter.lineLimit + extra)
            var blocks: [[UInt8]] = []
            Array((line + "\nnext\n").utf8).inBlocks(of: size) { blocks.append(Array($0)) }
            let parts = lines(of: blocks)
            #expect(parts.allSatisfy { $0.utf8.count <= LineSplitter.lineLimit })
            #expect(parts.last == "next")
            let isWhole = parts.dropLast().joined() == line
            #expect(isWhole)
        }
    }

    @Test("gives no part of a line that ends within a character", arguments: ["é", "€", "🦊"], 0...3)
    func characters(character: String, offset: Int) {
        let line =
            String(repeating: "x", count: offset) + String(repeating: character, count: 2 * LineSplitter.lineLimit)
        let parts = lines(of: [Array(line.utf8)])
        let isWhole = parts.joined() == line && parts.allSatisfy { $0.utf8.count <= LineSplitter.lineLimit }
        #expect(isWhole)
    }

    @Test("ends with what is no UTF-8", arguments: [0x80, 0xc3, 0xe2, 0xf0, 0xff] as [UInt8])
    func noUTF8(byte: UInt8) {
        let parts = lines(of: [[UInt8](repeating: byte, count: 10 * LineSplitter.lineLimit)])
        #expect(parts.map(\.unicodeScalars.count).reduce(0, +) == 10 * LineSplitter.lineLimit)
    }

    private func lines(of blocks: [[UInt8]]) -> [String] {
        var splitter = LineSplitter()
        var lines: [String] = []
        for block in blocks { block.withUnsafeBufferPointer { splitter.append($0) { lines.append($0) } } }
        splitter.finish { lines.append($0) }
        return lines
    }
}
