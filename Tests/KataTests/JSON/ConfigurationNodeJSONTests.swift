import Testing

@testable import Kata

@Suite("A configuration node from JSON")
struct ConfigurationNodeJSONTests {
    @Test("is as deep as it may be, and no deeper", arguments: [("[", "]"), ("{\"a\":", "}")])
    func depth(opener: String, closer: String) throws {
        func text(_ depth: Int) -> String {
            String(repeating: opener, count: depth) + "1" + String(repeating: closer, count: depth)
        }
        _ = try node(text(128))
        let fault = #expect(throws: JSONScanner.Fault.self) { try node(text(129)) }
        #expect(fault?.message == "values are nested too deeply, expected at most 128 levels")
        #expect(throws: JSONScanner.Fault.self) { try node(String(repeating: opener, count: 1_000_000)) }
    }

    @Test("keeps the words of the JSON")
    func words() throws {
        let node = try node(#"{"a":[1.50,"1.50",null,true],"b":{}}"#)
        #expect(node["a"]?.value == .list([.text("1.50"), .quoted("1.50"), .text("null"), .text("true")]))
        #expect(node["b"]?.value == .map([]))
    }

    private func node(_ text: String) throws -> ConfigurationNode {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return try ConfigurationNode(json: &scanner, origin: .setting("test"))
        }
    }
}
