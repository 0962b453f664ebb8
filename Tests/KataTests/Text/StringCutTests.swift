import Testing

@testable import Kata

@Suite("A text that is cut")
struct StringCutTests {
    /// One character of two megabytes.
    private let heavy = "a" + String(repeating: "\u{301}", count: 1 << 20)

    @Test("to a number of scalars has no more, however few characters it has")
    func scalars() {
        #expect(heavy.count == 1)
        #expect(heavy.prefix(scalars: 40).unicodeScalars.count == 40)
        #expect(heavy.prefix(scalars: 40).utf8.count == 1 + 39 * 2)
        #expect(heavy.abbreviated.unicodeScalars.count == 41)
        #expect("abc".prefix(scalars: 3) == "abc" && "abc".prefix(scalars: 2) == "ab" && "abc".prefix(scalars: 0) == "")
        // More bytes than scalars
        #expect("ééé".prefix(scalars: 3) == "ééé" && "ééé".prefix(scalars: 2) == "éé")
    }

    @Test("says so, unless nothing is missing")
    func shortened() {
        #expect("abcd".shortened(to: 3) == "abc…" && "abc".shortened(to: 3) == "abc" && "".shortened(to: 0) == "")
        #expect("é🦊é".shortened(to: 2) == "é🦊…")
    }

    @Test("to a number of bytes has no part of a scalar at its end", arguments: ["x", "é", "€", "🦊"], 0...12)
    func bytes(character: String, limit: Int) {
        let text = String(repeating: character, count: 3)
        let cut = text.prefix(bytes: limit)
        #expect(cut.utf8.count <= limit && cut.utf8.count > limit - character.utf8.count || cut == text)
        #expect(text.hasPrefix(cut) && !cut.unicodeScalars.contains("\u{fffd}"))
    }

    @Test(
        "in its bytes tells how many of them belong to a scalar that is not complete", arguments: ["x", "é", "€", "🦊"])
    func unfinished(character: String) {
        let bytes = Array("a\(character)".utf8)
        #expect(bytes.unfinishedScalarLength == 0)
        for length in 1..<character.utf8.count {
            #expect(bytes.prefix(1 + length).unfinishedScalarLength == length)
        }
        #expect([UInt8]().unfinishedScalarLength == 0)
        // No UTF-8 at all
        for bytes in [[0xff], [0x80, 0x80, 0x80, 0x80], [0xc0], [0xf5], [0xc3, 0x80]] as [[UInt8]] {
            #expect(bytes.unfinishedScalarLength == 0)
        }
    }

    @Test("is the reason of a failure, and the message of a fault, too")
    func failures() {
        #expect(JobFailure(heavy).reason.unicodeScalars.count == JobFailure.reasonLimit)
        #expect(JobFailure("é").reason == "é")
        let fault = ConfigurationFault(origin: .setting("x"), message: heavy)
        #expect(fault.message.utf8.count < 10_000)
    }

    @Test("does not have the nearest word looked for for ever")
    func nearestWord() {
        #expect(nearest(to: heavy, in: ["queue_size", heavy]) == heavy)
        #expect(nearest(to: heavy, in: ["queue_size"]) == nil)
    }
}
