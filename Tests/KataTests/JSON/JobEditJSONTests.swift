import Testing

@testable import Kata

@Suite("An edit as JSON")
struct JobEditJSONTests {
    private let now = Timestamp(milliseconds: 1_000)

    private func read(_ text: String) throws -> JobEdit {
        try Array(text.utf8).withUnsafeBufferPointer { try JobEdit(json: $0, now: now) }
    }

    @Test("says what is to be different, and nothing else")
    func fields() throws {
        try #expect(read(#"{"item": "x"}"#) == JobEdit(item: "x"))
        try #expect(read(#"{"item": {"a": 1}, "priority": -5}"#) == JobEdit(item: #"{"a":1}"#, priority: -5))
        try #expect(read(#"{"delay": "2s"}"#) == JobEdit(runAt: now.advanced(by: .seconds(2))))
        try #expect(read(#"{"key": "k"}"#) == JobEdit(key: .set("k")))
        try #expect(read(#"{"key": null}"#) == JobEdit(key: .set(nil)))
    }

    @Test(
        "is refused with the reason",
        arguments: [
            ("{}", "nothing is to be changed"), (#"{"prioriti": 1}"#, "did you mean \"priority\"?"),
            (#"{"unique": "u"}"#, "can't be edited"), (#"{"priority": 101}"#, "from -100 to 100"),
            (#"{"item": "a", "item": "b"}"#, "there twice"),
            (#"{"run_at": "1970-01-01T00:00:01Z", "delay": "1s"}"#, "two ways"),
            (#"{"item": "a"} x"#, "nothing after"), ("[]", "an object"),
            (#"{"priority": null}"#, "nothing is to be changed"),
        ])
    func refused(text: String, reason: String) {
        let fault = #expect(throws: JSONScanner.Fault.self) { try read(text) }
        #expect(fault?.message.contains(reason) ?? false, "\(fault?.message ?? "")")
    }

    @Test("tags of a job are few, short and without spaces")
    func tags() throws {
        func job(_ tags: String) throws -> NewJob {
            try Array(#"{"item": "x", "tags": \#(tags)}"#.utf8).withUnsafeBufferPointer {
                try NewJob(json: $0, now: now)
            }
        }
        try #expect(job(#"["nightly", "kunde:ü"]"#).tags == ["nightly", "kunde:ü"])
        try #expect(job("[]").tags.isEmpty && job("null").tags.isEmpty)
        let many = (0...NewJob.tagCount).map { "\"\($0)\"" }.joined(separator: ",")
        for bad in [
            #"["a b"]"#, #"["a,b"]"#, #"[""]"#, #"["a", "a"]"#, "[1]", #""a""#, "[\(many)]", #"["\u0000"]"#,
            "[\"\(String(repeating: "x", count: NewJob.tagLimit + 1))\"]", #"["a""#,
        ] {
            #expect(throws: JSONScanner.Fault.self, "\(bad)") { try job(bad) }
        }
    }
}
