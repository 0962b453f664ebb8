import Testing

@testable import KataPlugins

@Suite("A bounded text")
struct BoundedTextTests {
    @Test("keeps what fits, in blocks of any size", arguments: 1...7)
    func fits(size: Int) {
        #expect(text(of: Array("abcdef".utf8), limit: 6, blocks: size) == "abcdef")
    }

    @Test("cuts at its limit and counts the rest, in blocks of any size", arguments: 1...7)
    func cuts(size: Int) {
        #expect(text(of: Array("abcdef".utf8), limit: 4, blocks: size) == "abcd\n[2 more]")
    }

    @Test("keeps nothing if that is its limit")
    func nothing() {
        #expect(text(of: Array("abc".utf8), limit: 0, blocks: 1) == "\n[3 more]")
        #expect(text(of: [], limit: 0, blocks: 1) == "")
    }

    @Test("replaces what is no UTF-8, and keeps characters that came in two blocks", arguments: 1...7)
    func characters(size: Int) {
        #expect(text(of: [0x61, 0xff, 0x00] + Array("🦊é".utf8), limit: 100, blocks: size) == "a\u{fffd}\u{0}🦊é")
    }

    @Test("ends with no part of a character, and counts that with the rest", arguments: 1...7)
    func cutCharacters(size: Int) {
        #expect(text(of: Array("aé🦊".utf8), limit: 2, blocks: size) == "a\n[6 more]")
        #expect(text(of: Array("aé🦊".utf8), limit: 6, blocks: size) == "aé\n[4 more]")
        // What ends there of itself is no cut.
        #expect(text(of: [0x61, 0xc3], limit: 2, blocks: size) == "a\u{fffd}")
    }

    private func text(of bytes: [UInt8], limit: Int, blocks size: Int) -> String {
        var text = BoundedText(limit: limit)
        bytes.inBlocks(of: size) { text.append($0) }
        return text.omitted == 0 ? text.text : "\(text.text)\n[\(text.omitted) more]"
    }
}

extension [UInt8] {
    /// Gives the bytes block by block, as they come from a pipe.
    func inBlocks(of size: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        for start in stride(from: 0, to: count, by: size) {
            self[start..<Swift.min(start + size, count)].withUnsafeBufferPointer(body)
        }
    }
}
