import KataTestSupport
import Testing

@testable import Kata

@Suite("A job read from JSON")
struct NewJobJSONTests {
    @Test("needs an item, and has no more than that unless it is said")
    func least() throws {
        try #expect(job(#"{"item": "text"}"#) == NewJob(item: "text"))
        try #expect(job("\r\n\t { \"item\" : \"\" } \r\n") == NewJob(item: ""))
    }

    @Test("has all that can be said of it, in any order")
    func full() throws {
        let text = #"""
            {"timeout": "1.5s", "unique": "k | 'é'", "run_at": "2026-02-01T01:00:00.5+01:00", "max_attempts": 7,
             "priority": -3, "item": "x"}
            """#
        let expected = NewJob(
            item: "x", priority: -3, runAt: Timestamp(milliseconds: 1_769_904_000_500), uniqueKey: "k | 'é'",
            maxAttempts: 7, timeout: .milliseconds(1_500))
        try #expect(job(text) == expected)
    }

    @Test("is the one that was written as JSON")
    func written() throws {
        var full = NewJob(
            item: "x", priority: -3, runAt: Timestamp(milliseconds: 1_769_904_000_500), uniqueKey: "k | 'é'",
            maxAttempts: 7, timeout: .milliseconds(1_500), key: "\u{1}", after: [1, 2, 3, 9], when: .finished)
        full.tags = ["a", "b"]
        full.traceParent = TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        for one in [full, NewJob(item: "a", priority: 1), NewJob(item: "{\"a\": 1}", key: "k")] {
            var json = JSONWriter()
            one.write(to: &json)
            try #expect(job(String(decoding: json.bytes, as: UTF8.self)) == one)
        }
    }

    @Test(
        "keeps an item that is no string as its compact text",
        arguments: [
            ("null", "null"), ("true", "true"), ("false", "false"), ("0", "0"), ("-0", "-0"), ("1.50", "1.50"),
            ("1e3", "1e3"), ("12345678901234567890123", "12345678901234567890123"), ("[ ]", "[]"), ("{ }", "{}"),
            ("[1, \"a b\", {\"b\": 1, \"a\": [ ]}]", "[1,\"a b\",{\"b\":1,\"a\":[]}]"),
            ("{\"item\": 1, \"item\": 2}", "{\"item\":1,\"item\":2}"), (#"["\u00e9\n"]"#, #"["\u00e9\n"]"#),
        ])
    func itemValue(value: String, item: String) throws {
        try #expect(job("{\"item\": \(value)}") == NewJob(item: item))
    }

    @Test("keeps an item that is a string as what it says")
    func itemString() throws {
        try #expect(job(#"{"item": "a\n\"é\u00e9\ud83d\ude00\\"}"#).item == "a\n\"éé😀\\")
        try #expect(job(#"{"item": "null"}"#).item == "null")
        try #expect(job(#"{"item": " {\"a\": 1} "}"#).item == " {\"a\": 1} ")
    }

    @Test(
        "waits for other jobs, named one by one or as ranges",
        arguments: [
            ("[]", []), ("[17]", [17]), ("[ 17, 18,20 ]", [17, 18, 20]), ("[\"17-19\"]", [17, 18, 19]),
            ("[3, \"5-6\", 9]", [3, 5, 6, 9]), ("[\"5-5\", 5]", [5, 5]),
        ] as [(String, [Job.ID])])
    func after(text: String, ids: [Job.ID]) throws {
        try #expect(job("{\"item\": \"x\", \"after\": \(text)}") == NewJob(item: "x", after: JobIDs(ids)))
        let patient = try job("{\"item\": \"x\", \"when\": \"finished\", \"after\": \(text)}")
        #expect(patient == NewJob(item: "x", after: JobIDs(ids), when: .finished))
    }

    @Test(
        "does not wait for what is no job, or for too many",
        arguments: [
            "17", "\"17\"", "[0]", "[-1]", "[1.5]", "[\"17\"]", "[\"2-1\"]", "[\"0-5\"]", "[\"1-2-3\"]", "[[1]]",
            "[null]",
            "[\"1-1000001\"]", "[\"1-600000\", \"1-600000\"]", "[\"1-9223372036854775807\"]", "[9223372036854775808]",
            "[\"\"]",
        ])
    func badAfter(text: String) throws {
        try #expect(
            fault("{\"item\": \"x\", \"after\": \(text)}").message.contains("expected a list of at most 1000000 ids"))
    }

    @Test("waits for what it is told to, and for nothing else", arguments: ["1", "\"failed\"", "[]"])
    func badWhen(text: String) throws {
        try #expect(fault("{\"item\": \"x\", \"when\": \(text)}").message.contains("\"done\" or \"finished\""))
    }

    @Test("is due when its delay has passed")
    func delay() throws {
        try #expect(job(#"{"item": "x", "delay": "1.5s"}"#).runAt == .sample(after: .milliseconds(1_500)))
        try #expect(fault(#"{"item": "x", "delay": 5}"#).message.contains("expected a duration"))
        try #expect(fault(#"{"item": "x", "delay": "-5m"}"#).message.contains("expected a duration"))
        try #expect(
            fault(#"{"item": "x", "delay": "5m", "run_at": "2026-02-01T00:00Z"}"#).message.contains("expected one"))
    }

    @Test("takes a key for what it says")
    func escapedKey() throws {
        try #expect(job(#"{"\u0069tem": "x"}"#).item == "x")
    }

    @Test("takes null for what was not said", arguments: ["priority", "run_at", "unique", "max_attempts", "timeout"])
    func null(field: String) throws {
        try #expect(job("{\"item\": \"x\", \"\(field)\": null}") == NewJob(item: "x"))
    }

    @Test(
        "has no field twice", arguments: ["item", "priority", "run_at", "unique", "max_attempts", "timeout"])
    func duplicate(field: String) throws {
        let fault = try fault("{\"\(field)\": null, \"x\": 1}".replacing("\"x\": 1", with: "\"\(field)\": null"))
        #expect(fault.message == "\"\(field)\" is there twice")
        #expect(fault.offset == field.utf8.count + 11)
    }

    @Test(
        "has no other fields, and says which was probably meant",
        arguments: [
            ("Item", "item"), ("itme", "item"), ("items", "item"), ("prority", "priority"), ("runat", "run_at"),
            ("run-at", "run_at"), ("uniqe", "unique"), ("maxattempts", "max_attempts"), ("max_attempt", "max_attempts"),
            ("time_out", "timeout"),
        ])
    func suggestion(field: String, suggestion: String) throws {
        let fault = try fault("{\"item\": \"x\", \"\(field)\": 1}")
        #expect(fault == .init(message: "there is no field \"\(field)\", did you mean \"\(suggestion)\"?", offset: 14))
    }

    @Test("has no other fields, and says which there are", arguments: ["", "colour", "état"])
    func unknownField(field: String) throws {
        let fault = try fault("{\"\(field)\": 1}")
        #expect(
            fault.message
                == "there is no field \"\(field)\", expected one of item, priority, run_at, delay, unique, max_attempts, timeout, key, after, when, tags, traceparent"
        )
    }

    @Test("has no other field, however long it is or however many there are")
    func longField() throws {
        let message = try fault("{\"\(String(repeating: "x", count: 1 << 20))\": 1}").message
        #expect(message.count < 200)
        let fields = (0..<100_000).map { "\"f\($0)\":\($0)" }.joined(separator: ",")
        try #expect(fault("{\(fields)}").offset == 1)
    }

    @Test(
        "is refused if it is no object with an item",
        arguments: [
            ("", "the text ends too early, expected an object such as {\"item\": \"text\"}"),
            ("[]", "there is '[', expected an object such as {\"item\": \"text\"}"),
            ("\"x\"", "there is '\"', expected an object such as {\"item\": \"text\"}"),
            ("{}", "there is no \"item\", expected an object such as {\"item\": \"text\"}"),
            ("{\"priority\": 1}", "there is no \"item\", expected an object such as {\"item\": \"text\"}"),
            ("{\"item\": \"x\"", "the text ends too early, expected ',' or '}'"),
            ("{\"item\": \"x\"} 1", "there is '1', expected nothing after the object"),
            ("{\"item\": \"x\"}{\"item\": \"x\"}", "there is '{', expected nothing after the object"),
            ("{\"item\": \"x\",}", "there is '}', expected a key in quotes"),
            ("{item: \"x\"}", "there is 'i', expected a key in quotes"),
            ("{\"item\" \"x\"}", "there is '\"', expected ':'"),
            ("{\"item\": }", "there is '}', expected a value"),
        ])
    func noObject(text: String, message: String) throws {
        try #expect(fault(text).message == message)
    }

    @Test("is refused wherever it is cut off")
    func truncated() throws {
        let text = Array(
            #"{"item": {"a": ["\u00e9", 1.5e3]}, "priority": 12, "run_at": "2026-02-01T00:00Z", "unique": "é"}"#.utf8)
        _ = try job(JSONText(bytes: text))
        for length in 0..<text.count {
            let fault = try fault(JSONText(bytes: text.prefix(length)))
            #expect((0...length).contains(fault.offset))
        }
    }

    private func job(_ text: String) throws -> NewJob { try job(JSONText(text)) }

    private func job(_ text: JSONText) throws -> NewJob { try NewJob(text: text) }

    private func fault(_ text: String) throws -> JSONScanner.Fault { try fault(JSONText(text)) }

    private func fault(_ text: JSONText) throws -> JSONScanner.Fault {
        try #require(#expect(throws: JSONScanner.Fault.self) { try NewJob(text: text) })
    }
}

extension NewJob {
    init(text: JSONText) throws {
        self = try text.bytes.withUnsafeBufferPointer { try NewJob(json: $0, now: .sampleStart) }
    }
}
