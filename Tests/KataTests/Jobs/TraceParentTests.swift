import Testing

@testable import Kata

@Suite("A traceparent")
struct TraceParentTests {
    private static let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("is kept as it came")
    func kept() {
        #expect(TraceParent(Self.text)?.text == Self.text)
        #expect(TraceParent(Self.text) == TraceParent(Self.text))
        #expect(MemoryLayout<TraceParent?>.size == 8, "thousands of jobs have room for one")
    }

    @Test("of a later version of the standard counts for what this one knows of it", arguments: ["", "-00", "-x-y"])
    func later(rest: String) {
        #expect(TraceParent("01" + Self.text.dropFirst(2) + rest)?.text == Self.text)
    }

    @Test(
        "that is not well formed is none",
        arguments: [
            "", "00", text + "-00", text + "x", "ff" + text.dropFirst(2), text.uppercased(), " " + text,
            text.dropLast() + "é",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
            "00-0af7651916cd43dd8448eb211c80319cb-7ad6b7169203331-01",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01", "01" + text.dropFirst(2) + "00",
        ])
    func malformed(text: String) {
        #expect(TraceParent(text) == nil)
    }
}
