import Testing

@testable import Kata

@Suite("The JSON scanner's strings")
struct JSONScannerStringTests {
    @Test(
        "are read with their escapes",
        arguments: [
            (#""""#, ""), (#""abc""#, "abc"), (#""\"""#, "\""), (#""\\""#, "\\"), (#""\/""#, "/"), (#""/""#, "/"),
            (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"), (#""\\n""#, "\\n"), (#""\\\"""#, "\\\""), (#""a\nb""#, "a\nb"),
            (#""\u0041""#, "A"), (#""\u00e9\u00E9""#, "éé"), (#""\u0000""#, "\u{0}"), (#""\u001f""#, "\u{1f}"),
            (#""\u007f""#, "\u{7f}"), (#""\u0080""#, "\u{80}"), (#""\u07ff\u0800""#, "\u{7ff}\u{800}"),
            (#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"), (#""\uffff\ufffd""#, "\u{ffff}\u{fffd}"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00""#, "😀"), (#""\ud800\udc00""#, "\u{10000}"),
            (#""\udbff\udfff""#, "\u{10ffff}"), (#""x\ud83d\ude00y""#, "x😀y"), (#""é\u0301""#, "é\u{301}"),
            (#""日本\n語""#, "日本\n語"), ("\"\u{7f}\"", "\u{7f}"), ("\"\u{2028}\"", "\u{2028}"), ("  \"a\"  ", "a"),
        ])
    func read(text: String, value: String) throws {
        let read = try JSONText(text).string()
        #expect(Array(read.utf8) == Array(value.utf8))
        try #expect(JSONText(text).compact() == text.trimmed, "as text it keeps its escapes")
    }

    @Test(
        "are refused with escapes that are none",
        arguments: [
            #""\a""#, #""\x41""#, #""\0""#, #""\'""#, #""\U0041""#, #""\ ""#, #""\é""#, #""\u""#, #""\u0""#,
            #""\u004""#,
            #""\u004g""#, #""\u 041""#, #""\u+041""#, #""\u-041""#, #""\u004""#, #""\u００４１""#, #""\u{41}""#,
            "\"\\\n\"", "\"\\\u{0}\"",
        ])
    func badEscapes(text: String) {
        #expect(throws: JSONScanner.Fault.self) { try JSONText(text).string() }
        #expect(JSONText(text).fault() != nil, "a value is checked as well")
    }

    @Test(
        "are refused with halves of surrogate pairs",
        arguments: [
            #""\ud800""#, #""\udbff""#, #""\udc00""#, #""\udfff""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#,
            #""\ud800\ud800""#, #""\udc00\ud800""#, #""\ud800\udbff""#, #""\ud800\ue000""#, #""\ud800\udc0""#,
            #""\ud800\u""#, #""\ud800\""#, #""\ud800\\udc00""#, #""\ud800udc00""#,
        ])
    func surrogates(text: String) {
        #expect(throws: JSONScanner.Fault.self) { try JSONText(text).string() }
        #expect(JSONText(text).fault() != nil, "a value is checked as well")
    }

    @Test(
        "are refused if they are not UTF-8, with and without escapes",
        arguments: [
            [0x80], [0xbf], [0xc3], [0xc3, 0x28], [0xc0, 0xaf], [0xc1, 0xbf], [0xe2, 0x82], [0xe2, 0x28, 0xa1],
            [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x9f, 0x98], [0xf0, 0x80, 0x80, 0xaf],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xfe], [0xff], [0xf8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for prefix in ["", "a", #"\n"#, "é"] {
            for suffix in ["", "a", #"\\"#] {
                let content = Array(prefix.utf8) + bytes + Array(suffix.utf8)
                let text = JSONText(bytes: [quote] + content + [quote])
                #expect(throws: JSONScanner.Fault.self) { try text.string() }
                #expect(text.fault() != nil)
                #expect(JSONText(bytes: Array("{\"a\":".utf8) + text.bytes + Array("}".utf8)).fault() != nil)
                #expect(JSONText(bytes: Array("{".utf8) + text.bytes + Array(":1}".utf8)).fault() != nil)
            }
        }
    }

    @Test("are refused with control characters", arguments: 0..<0x20 as Range<UInt8>)
    func controlCharacters(byte: UInt8) {
        for content in [[byte], [0x61, byte], [0x5c, byte], [0x5c, 0x6e, byte]] as [[UInt8]] {
            let text = JSONText(bytes: [0x22] + content + [0x22])
            #expect(throws: JSONScanner.Fault.self) { try text.string() }
            #expect(text.fault() != nil)
        }
    }

    @Test("are refused if they have no end, wherever they are cut off")
    func truncated() throws {
        let text = JSONText(#""aé\n\u00e9\ud83d\ude00\\""#)
        _ = try text.string()
        for length in 0..<text.bytes.count {
            let cut = JSONText(bytes: text.bytes.prefix(length))
            let fault = #expect(throws: JSONScanner.Fault.self) { try cut.string() }
            #expect(fault.map { (0...length).contains($0.offset) } == true, "\(cut)")
        }
    }

    @Test("take a megabyte")
    func long() throws {
        let content = String(repeating: #"é\n"#, count: 1 << 18)
        try #expect(JSONText("\"\(content)\"").string().utf8.count == 3 << 18)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
