import Foundation
import KataTestSupport
import Testing

@testable import Kata

@Suite("The export's format")
struct ExportFormatTests {
    @Test(
        "escapes backslashes and control characters, and nothing else",
        arguments: [
            ("", ""), ("0", "0"), ("\\", #"\\"#), ("\r", #"\r"#), ("\n", #"\n"#), ("\r\n", #"\r\n"#),
            ("\t", #"\u0009"#),
            ("\0", #"\u0000"#), ("\u{1b}[1m", #"\u001b[1m"#), ("\u{1f}", #"\u001f"#), ("\u{7f}", #"\u007f"#),
            ("\u{80}", #"\u0080"#), ("\u{85}", #"\u0085"#), ("\u{9f}", #"\u009f"#), ("\u{a0}", "\u{a0}"),
            (#"\n"#, #"\\n"#),
            (#"\u0041"#, #"\\u0041"#), ("a | b", "a | b"), (" ", " "), ("\"'", "\"'"), ("é", "é"),
            ("e\u{301}", "e\u{301}"),
            ("\n\u{301}", "\\n\u{301}"), ("👩‍👩‍👧‍👦🇨🇭", "👩‍👩‍👧‍👦🇨🇭"), ("\u{2028}", "\u{2028}"), ("\u{feff}", "\u{feff}"),
            ("\u{10ffff}", "\u{10ffff}"), ("ß\u{85}ß", "ß\\u0085ß"), ("\u{85}\u{85}", #"\u0085\u0085"#),
        ]
    )
    func escapes(item: String, escaped: String) {
        #expect(Array(ExportFormat.escape(item).utf8) == Array(escaped.utf8))
        #expect(ExportFormat.unescape(escaped).map { Array($0.utf8) } == Array(item.utf8))
    }

    @Test("reads back every scalar below U+0300 exactly, alone and between others")
    func scalarsRoundTrip() throws {
        for code in UInt32(0)..<0x300 {
            let scalar = String(try #require(Unicode.Scalar(code)))
            for item in [scalar, "a\(scalar)b", scalar + scalar, "\\\(scalar)", "\u{c2}\(scalar)", "\(scalar)\u{301}"] {
                expectRoundTrip(item)
            }
        }
    }

    @Test("reads back random texts exactly, each from one line", arguments: 1...20)
    func randomRoundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            expectRoundTrip(Self.randomText(&generator))
        }
    }

    @Test("writes a line each, consumer and item apart by a bar")
    func lines() {
        var bytes: [UInt8] = []
        for (id, item) in ["0", "", " | ", "a\nb\r", "👍"].enumerated() {
            ExportFormat.text.append(Self.result(id: Int64(id), consumerID: "c\(id + 9)", item: item), to: &bytes)
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "c9 | 0\nc10 | \nc11 |  | \nc12 | a\\nb\\r\nc13 | 👍\n")
    }

    @Test("escapes an item in a line as it does alone")
    func lineAsAlone() {
        var generator = SeededGenerator(seed: 99)
        for _ in 0..<200 {
            let item = Self.randomText(&generator)
            var bytes: [UInt8] = []
            ExportFormat.text.append(Self.result(item: item), to: &bytes)
            #expect(bytes == Array("c1 | \(ExportFormat.escape(item))\n".utf8))
        }
    }

    @Test(
        "refuses to read what it could not have written",
        arguments: [
            #"\"#, #"\x"#, #"a\"#, #"\u"#, #"\u00"#, #"\u000"#, #"\u00zz"#, #"\u0100"#, #"\uffff"#, #"\ "#, #"\\\"#,
            #"\N"#,
            #"\u 09"#, #"\u-001"#, #"\u+009"#, #"\u0041"#, #"\u000a"#, #"\u005c"#, #"\u001B"#, #"\u00a0"#,
            "\n", "\r", "a\tb", "\u{85}", "\u{7f}", "\0",
        ]
    )
    func refuses(text: String) {
        #expect(ExportFormat.unescape(text) == nil)
    }

    private static func result(id: JobResult.ID = 1, consumerID: String = "c1", item: String) -> JobResult {
        JobResult(
            id: id, runID: 2, consumerID: consumerID, item: item, jobID: 17, pipeline: "mail", attempt: 3,
            startedAt: .sampleStart, finishedAt: .sampleEnd)
    }

    @Test("as NDJSON has an object a line, with times and the attempt, and the item as it was")
    func ndjson() throws {
        for item in ["0", "", "a\nb\r\"\\", "👍\u{85}\u{7f}"] {
            var bytes: [UInt8] = []
            ExportFormat.ndjson.append(Self.result(item: item), to: &bytes)
            #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            #expect(object["item"] as? String == item)
            #expect(object["job_id"] as? Int == 17)
            #expect(object["run_id"] as? Int == 2)
            #expect(object["attempt"] as? Int == 3)
            #expect(object["pipeline"] as? String == "mail")
            #expect(object["consumer_id"] as? String == "c1")
            #expect(object["started_at"] as? String == "2026-01-31T23:59:59.999Z")
            #expect(object["finished_at"] as? String == "2026-02-01T00:00:01.999Z")
        }
        #expect(ExportFormat.ndjson.header.isEmpty)
    }

    @Test(
        "as CSV puts an item in quotes where it has to be",
        arguments: [
            ("0", "0"), ("", ""), ("a b", "a b"), ("a,b", "\"a,b\""), ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\""),
            ("a\rb", "\"a\rb\""), ("\\", "\\"), ("👍", "👍"),
        ])
    func csv(item: String, cell: String) {
        var bytes = ExportFormat.csv.header
        ExportFormat.csv.append(Self.result(item: item), to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "job_id,run_id,pipeline,consumer_id,item,attempt,started_at,finished_at\n"
                + "17,2,mail,c1,\(cell),3,2026-01-31T23:59:59.999Z,2026-02-01T00:00:01.999Z\n")
    }

    private func expectRoundTrip(_ item: String) {
        let escaped = ExportFormat.escape(item)
        let isExact = ExportFormat.unescape(escaped).map { Array($0.utf8) } == Array(item.utf8)
        #expect(isExact, "\(item.debugDescription) was written as \(escaped.debugDescription)")
        let controls = escaped.unicodeScalars.filter { $0.properties.generalCategory == .control }
        #expect(controls.isEmpty, "\(escaped.debugDescription)")
    }

    /// Short texts of what has a meaning in the format, control characters, and anything else.
    private static func randomText(_ generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...30, using: &generator) {
            let code: UInt32 =
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: "\\\r\nu0|a \u{85}".unicodeScalars.randomElement(using: &generator)?.value ?? 0
                case 1: .random(in: 0..<0x100, using: &generator)
                case 2: .random(in: 0x300..<0x3000, using: &generator)
                default: .random(in: 0x1_0000...0x10_ffff, using: &generator)
                }
            if let scalar = Unicode.Scalar(code) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
