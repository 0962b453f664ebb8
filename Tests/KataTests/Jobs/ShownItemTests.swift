import Testing

@testable import Kata

@Suite("What is shown of an item")
struct ShownItemTests {
    @Test(
        "is the item itself",
        arguments: ["", "17", "{\"item\": 1}", "{\"kata_shown\"", "{\"kata_shown\":5}", " {\"kata_shown\":\"x\"}"])
    func plain(item: String) {
        let shown = ShownItem(item)
        #expect(shown.text == item && shown.isWhole && !shown.isReplaced)
    }

    @Test(
        "is what it says at its beginning",
        arguments: ["make all", "a \"quoted\" word", "back\\slash", "two\nlines\tand\u{7f}", "größer 🙂", ""])
    func replaced(text: String) {
        var json = JSONWriter()
        json.object { json in
            json.field(ShownItem.field, text)
            json.field("secret", "hush")
        }
        let item = String(decoding: json.bytes, as: UTF8.self)
        let shown = ShownItem(item)
        #expect(shown.text == text && shown.isWhole && shown.isReplaced)
        // Wherever it is cut, nothing comes out that stands behind it.
        for length in 0..<item.utf8.count {
            let cut = ShownItem(CutText(item, limit: length).beginning)
            if cut.isReplaced { #expect(text.utf8.starts(with: cut.text.utf8.prefix(while: { $0 != 0xef }))) }
            #expect(!cut.text.contains("hush"))
        }
    }

    @Test("is what exports have, in each of their formats", arguments: ExportFormat.allCases)
    func export(format: ExportFormat) {
        let result = JobResult(
            id: 1, runID: 1, consumerID: "c1", item: #"{"kata_shown":"TOKEN=… make","environment":{"TOKEN":"hush"}}"#,
            jobID: 1,
            pipeline: "p", attempt: 1, startedAt: Timestamp(milliseconds: 0), finishedAt: Timestamp(milliseconds: 0))
        var bytes: [UInt8] = []
        format.append(result, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("TOKEN=… make") && !text.contains("hush"), "\(text)")
    }
}
