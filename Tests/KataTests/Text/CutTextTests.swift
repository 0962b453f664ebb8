import Testing

@testable import Kata

@Suite("A text that is cut")
struct CutTextTests {
    @Test(
        "keeps whole scalars, and tells the length of the whole in bytes",
        arguments: [
            ("", 0, ""), ("", 5, ""), ("abc", 3, "abc"), ("abc", 2, "ab"), ("abc", 0, ""), ("abc", -1, ""),
            ("aéb", 2, "a"), ("aéb", 3, "aé"), ("€", 2, ""), ("a€€", 4, "a€"), ("a€€", 6, "a€"), ("😀😀", 7, "😀"),
            ("😀😀", 3, ""), ("e\u{301}x", 1, "e"), ("e\u{301}x", 3, "e\u{301}"),
        ])
    func cut(text: String, limit: Int, expected: String) {
        var copy = text
        let cuts = [CutText(text, limit: limit), copy.withUTF8 { CutText($0, limit: limit) }]
        for cut in cuts {
            #expect(cut.beginning.unicodeScalars.elementsEqual(expected.unicodeScalars))
            #expect(cut.bytes == text.utf8.count)
            #expect(cut.isCut == (text.utf8.count > max(0, limit)))
            #expect(cut.marked == (cut.isCut ? expected + "…" : text))
        }
    }

    @Test("counts bytes: one character may have millions of them")
    func combiningMarks() {
        let text = "e" + String(repeating: "\u{301}", count: 1 << 20)
        #expect(CutText(text, limit: 100).beginning.utf8.count == 99)
        #expect(CutText(text, limit: 100).bytes == 1 + (2 << 20))
    }

    @Test("is cut at its limit if it is no UTF-8")
    func noUTF8() {
        let bytes = [UInt8](repeating: 0x80, count: 100)
        bytes.withUnsafeBufferPointer { bytes in
            let cut = CutText(bytes, limit: 50)
            #expect(cut.bytes == 100)
            #expect((47...50).contains(cut.beginning.unicodeScalars.count))
        }
    }
}
