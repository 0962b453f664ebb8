import Foundation
import Kata
import Testing

@testable import KataPlugins

@Suite("A message of a plugin")
struct PluginMessageTests {
    @Test(
        "may say when to try again",
        arguments: [
            ("", JobFailure.Retry.byPolicy), (",\"retry\":null", .byPolicy), (",\"retry\":true", .again),
            (",\"retry\":false", .never), (",\"retry\":\"1.5s\"", .after(.milliseconds(1_500))),
            (",\"retry\":\"interrupted\"", .interrupted),
        ])
    func retry(field: String, retry: JobFailure.Retry) throws {
        guard
            case .answer(7, .failed("no", let found, _)) = try message(
                "{\"type\":\"failed\",\"error\":\"no\",\"id\":7\(field)}")
        else { throw Wrong() }
        #expect(found == retry)
    }

    @Test("may say how far a job is, and what it leaves")
    func reports() throws {
        for (field, progress) in [
            ("\"text\":\"half\"", JobProgress(fraction: nil, text: "half")),
            ("\"fraction\":0.5", JobProgress(fraction: 0.5, text: "")),
            ("\"fraction\":7,\"text\":\"x\"", JobProgress(fraction: 1, text: "x")),
            ("\"fraction\":null", JobProgress(fraction: nil, text: "")),
        ] {
            guard case .progress(7, let found) = try message("{\"type\":\"progress\",\"id\":7,\(field)}") else {
                throw Wrong()
            }
            #expect(found == progress)
        }
        #expect(throws: JSONScanner.Fault.self) { _ = try message(#"{"type":"progress","id":7,"fraction":"half"}"#) }
        guard case .checkpoint(7, "page 4") = try message(#"{"type":"checkpoint","id":7,"text":"page 4"}"#) else {
            throw Wrong()
        }
    }

    @Test("may hold items of both forms")
    func items() throws {
        let text =
            #"{"id":1,"type":"items","items":["a",{"item":"b","priority":5},{"item":[1, 2]}],"cursor":"4","end":true}"#
        guard case .answer(1, .items(let items, "4", true)) = try message(text) else { throw Wrong() }
        #expect(items == [NewJob(item: "a"), NewJob(item: "b", priority: 5), NewJob(item: "[1,2]")])
    }

    @Test("may be what a job prints, on one of two streams")
    func output() throws {
        guard case .output(7, .err, "a\n") = try message(#"{"type":"output","id":7,"stream":"err","text":"a\n"}"#),
            case .output(8, .out, "") = try message(#"{"type":"output","id":8}"#)
        else { throw Wrong() }
        #expect(throws: JSONScanner.Fault.self) { try message(#"{"type":"output","id":7,"stream":"both"}"#) }
        #expect(throws: JSONScanner.Fault.self) { try message(#"{"type":"output","text":"a"}"#) }
    }

    @Test("may have fields, and be of a type, that nobody knows")
    func unknown() throws {
        guard case .other("dance") = try message(#"{"type":"dance","steps":[{"a":[1]},null]}"#) else { throw Wrong() }
        guard case .pong(3) = try message(#"{"type":"pong","id":3,"mood":{"good":true}}"#) else { throw Wrong() }
        guard case .hello(let hello) = try message(#"{"type":"hello","protocol":1,"kind":"handler"}"#) else {
            throw Wrong()
        }
        #expect(hello.fault(asked: .handler) == nil && hello.fault(asked: .source) != nil)
        #expect(hello.concurrency == 1 && !hello.answersPings)
    }

    @Test(
        "is none",
        arguments: [
            "", "x", "[]", "1", "{}", "{\"id\":1}", "{\"type\":1}", "{\"type\":\"done\"}",
            "{\"type\":\"done\",\"id\":\"1\"}",
            "{\"type\":\"done\",\"id\":-1}", "{\"type\":\"done\",\"id\":1.5}", "{\"type\":\"done\",\"id\":1} {}",
            "{\"type\":\"failed\",\"id\":1,\"retry\":\"soon\"}", "{\"type\":\"failed\",\"id\":1,\"retry\":5}",
            "{\"type\":\"items\",\"id\":1,\"items\":\"a\"}",
            "{\"type\":\"items\",\"id\":1,\"items\":[{\"itme\":\"a\"}]}",
        ])
    func none(text: String) {
        #expect(throws: (any Error).self) { try message(text) }
    }

    @Test("has no more items than a request could have asked for, were they empty")
    func manyItems() throws {
        func text(_ count: Int) -> String {
            #"{"type":"items","id":1,"items":["# + Array(repeating: "\"\"", count: count).joined(separator: ",") + "]}"
        }
        guard case .answer(1, .items(let items, nil, false)) = try message(text(100_000)) else { throw Wrong() }
        #expect(items.count == 100_000)
        #expect(throws: JSONScanner.Fault.self) { try message(text(100_001)) }
    }

    @Test("may be nested as deep as it likes, which is a fault and no end", arguments: ["[", "{\"a\":"])
    func depth(opener: String) {
        let deep = String(repeating: opener, count: 100_000)
        for field in ["output", "item", "whatever", "items"] {
            #expect(throws: JSONScanner.Fault.self) { try message("{\"type\":\"done\",\"id\":1,\"\(field)\":\(deep)") }
        }
    }

    @Test("of the host is JSON that others read", arguments: ["", "é\n\"\\\u{0}\u{7f}", "{}"])
    func request(item: String) throws {
        let job = Job(id: 4_711, runID: 1, item: item, attempt: 3)
        let line = PluginRequest.job(job, id: 9)
        #expect(line.last == 0x0a && line.count { $0 == 0x0a } == 1)
        let object = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        #expect(object["item"] as? String == item && object["id"] as? Int == 9 && object["job"] as? Int == 4_711)
        #expect(object["attempt"] as? Int == 3 && object["type"] as? String == "job")
    }

    private struct Wrong: Error {}

    private func message(_ text: String) throws -> PluginMessage {
        try Array(text.utf8).withUnsafeBufferPointer { try PluginMessage(line: $0) }
    }
}
