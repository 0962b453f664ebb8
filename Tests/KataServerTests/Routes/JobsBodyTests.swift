import Kata
import KataAPI
import KataTestSupport
import NIOCore
import Testing

@testable import KataServer

@Suite("The jobs in the body of a request")
struct JobsBodyTests {
    @Test("are one, which may have several lines")
    func one() throws {
        try #expect(body("{\"item\":\r\n \"x\"}\n", .one).jobs == [NewJob(item: "x")])
    }

    @Test("come from where the request comes from, unless they say themselves")
    func traces() throws {
        let texts = ["0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c"].map {
            "00-\($0)-b7ad6b7169203331-01"
        }
        let body = try body("{\"item\":\"x\"}\n{\"item\":\"y\",\"traceparent\":\"\(texts[0])\"}", .many)
        #expect(body.jobs(from: TraceParent(texts[1])).map { $0.traceParent?.text } == [texts[1], texts[0]])
        #expect(body.jobs(from: nil).map { $0.traceParent?.text } == [nil, texts[0]])
        let detail = try problem("{\"item\":\"x\",\"traceparent\":\"x\"}", .one).detail
        #expect(detail.contains("\"traceparent\" is \"x\", expected a traceparent of W3C Trace Context"))
    }

    @Test("are not two if one was announced")
    func notTwo() throws {
        let problem = try problem("{\"item\": \"x\"}\n{\"item\": \"y\"}", .one)
        #expect(problem.status == 422)
        #expect(problem.title == "Bad job")
        #expect(problem.line == nil)
        #expect(
            problem.detail
                == "byte 15: there is '{', expected nothing after the object; no job of this request was taken")
    }

    @Test("are missing in a body that is empty, if one was announced", arguments: ["", "\n", " \r\n\t"])
    func none(text: String) throws {
        try #expect(problem(text, .one).status == 422)
    }

    @Test(
        "are as many as there are lines",
        arguments: [
            "{\"item\":\"0\"}\n{\"item\":\"1\"}\n{\"item\":\"2\"}",
            "{\"item\":\"0\"}\n{\"item\":\"1\"}\n{\"item\":\"2\"}\n",
            "{\"item\":\"0\"}\r\n{\"item\":\"1\"}\r\n{\"item\":\"2\"}\r\n",
            "\n\n{\"item\":\"0\"}\n\n \t\n{\"item\":\"1\"}\n\r\n{\"item\":\"2\"}\n\n\n",
            " {\"item\":\"0\"} \n\t{\"item\":\"1\"}\t\n\r{\"item\":\"2\"}\r",
        ])
    func many(text: String) throws {
        try #expect(body(text, .many).jobs == ["0", "1", "2"].map { NewJob(item: $0) })
    }

    @Test("are none in a body without any", arguments: ["", "\n", "\r\n\r\n", " \t \n\n"])
    func noLines(text: String) throws {
        try #expect(body(text, .many).jobs.isEmpty)
    }

    @Test(
        "are refused with the line that is bad, empty ones counted",
        arguments: [
            ("{\"item\":1}\nx\n{\"item\":2}", 2, "line 2, byte 1: there is 'x', expected an object such as "),
            ("\n\n{\"item\":1}\n\n{\"item\":}", 5, "line 5, byte 9: there is '}', expected a value; "),
            ("{\"item\":1}\r\n{\"item\":2,\r\n", 2, "line 2, byte 12: the text ends too early, expected "),
            ("{\"item\":\n1}", 1, "line 1, byte 9: the text ends too early, expected a value; "),
            ("{\"item\":1}\n{\"item\":1} {\"item\":2}", 2, "line 2, byte 12: there is '{', expected nothing after "),
            ("{\"item\":1}\n[]", 2, "line 2, byte 1: there is '[', expected an object such as "),
            ("{\"item\":\"a\u{1}b\"}", 1, "line 1, byte 11: there is a control character in a string, expected "),
        ])
    func badLine(text: String, line: Int, detail: String) throws {
        let problem = try problem(text, .many)
        #expect(problem.status == 422)
        #expect(problem.line == line)
        #expect(problem.detail.hasPrefix(detail), "\(problem.detail)")
        #expect(problem.detail.hasSuffix("; no job of this request was taken"))
    }

    @Test("are shown without control characters when they are refused")
    func printable() throws {
        let problem = try problem(#"{"it\u001b[31m\u0000em": 1}"#, .one)
        #expect(problem.detail.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
        #expect(problem.detail.contains("\\u{1b}[31m"))
    }

    @Test("are at most 10,000 lines", arguments: [9_999, 10_000, 10_001, 20_000])
    func limit(count: Int) throws {
        // Empty lines do not count.
        let text = String(repeating: "{\"item\":1}\n\n", count: count)
        if count <= 10_000 {
            try #expect(body(text, .many).jobs.count == count)
        } else {
            let problem = try problem(text, .many)
            #expect(problem.status == 413)
            #expect(problem.title == "Too many jobs")
        }
    }

    @Test("are not limited by what is behind a bad line")
    func badLineFirst() throws {
        let text = "x\n" + String(repeating: "{\"item\":1}\n", count: 10_001)
        try #expect(problem(text, .many).line == 1)
    }

    @Test("have a fingerprint that tells them from others")
    func fingerprint() throws {
        let texts = [
            "{\"item\":1}", "{\"item\":2}", "{\"item\": 1}", "{\"item\":1}\n", "{\"item\":1}\n{\"item\":1}", "\n",
        ]
        let fingerprints = try texts.map { try body($0, .many).fingerprint }
        #expect(Set(fingerprints).count == texts.count)
        try #expect(texts.map { try body($0, .many).fingerprint } == fingerprints)
        try #expect(body(texts[0], .one).fingerprint == fingerprints[0])
    }

    @Test("are what is left to read of a buffer")
    func partOfBuffer() throws {
        var buffer = ByteBuffer(string: "garbage{\"item\":1}garbage")
        buffer.moveReaderIndex(forwardBy: 7)
        buffer.moveWriterIndex(to: 17)
        let part = try JobsBody(buffer, format: .one, now: .sampleStart)
        #expect(part.jobs == [NewJob(item: "1")])
        try #expect(part.fingerprint == body("{\"item\":1}", .one).fingerprint)
    }

    @Test("wait for no more jobs in all than one may")
    func after() throws {
        let line = #"{"item": 1, "after": ["1-500000"]}"#
        try #expect(body("\(line)\n\(line)", .many).jobs.count == 2)
        try #expect(problem("\(line)\n\(line)\n{\"item\": 1, \"after\": [1]}", .many).status == 422)
    }

    @Test(
        "are late if one was due long before they came",
        arguments: [-60_001, -3_600_000, -1_769_903_999_999] as [Int64])
    func time(offset: Int64) throws {
        let due = Timestamp(milliseconds: Timestamp.sampleStart.milliseconds + offset)
        let text = "{\"item\": 1, \"run_at\": \"\(due.iso8601)\"}"
        let lateness = try #require(try body(text, .one).lateness)
        #expect(lateness.status == 422 && lateness.detail.contains("expected a time to come"))
        try #expect(body("\n\(text)", .many).lateness?.line == 2)
        let justInTime = Timestamp(milliseconds: due.milliseconds + 60_000)
        try #expect(JobsBody(ByteBuffer(string: text), format: .one, now: justInTime).lateness == nil)
    }

    private func body(_ text: String, _ format: JobsBody.Format) throws -> JobsBody {
        try JobsBody(ByteBuffer(string: text), format: format, now: .sampleStart)
    }

    private func problem(_ text: String, _ format: JobsBody.Format) throws -> ProblemDocument {
        try #require(#expect(throws: ProblemDocument.self) { try body(text, format) })
    }
}
