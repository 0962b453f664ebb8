import KataTestSupport
import Testing

@testable import Kata

@Suite("The fields of a job in JSON")
struct NewJobBoundsTests {
    @Test("are priorities from -100 to 100", arguments: ["-100", "-1", "0", "-0", "1", "100"])
    func priority(value: String) throws {
        try #expect(job("priority", value).priority == Int(value))
    }

    @Test(
        "are no other priorities",
        arguments: ["-101", "101", "1.0", "1e1", "\"1\"", "true", "[1]", "9223372036854775808"])
    func badPriority(value: String) throws {
        try #expect(message("priority", value) == "\"priority\" is \(value), expected a whole number from -100 to 100")
    }

    @Test("are 1 to 1,000 attempts", arguments: ["1", "2", "1000"])
    func attempts(value: String) throws {
        try #expect(job("max_attempts", value).maxAttempts == Int(value))
    }

    @Test("are no other attempts", arguments: ["0", "-1", "1001", "1.5", "1e2", "\"5\"", "false", "{}"])
    func badAttempts(value: String) throws {
        try #expect(
            message("max_attempts", value) == "\"max_attempts\" is \(value), expected a whole number from 1 to 1000")
    }

    @Test("are unique keys of 1 to 256 bytes", arguments: [1, 2, 255, 256])
    func unique(length: Int) throws {
        let key = String(repeating: "k", count: length)
        try #expect(job("unique", "\"\(key)\"").uniqueKey == key)
    }

    @Test(
        "are no other unique keys", arguments: ["\"\"", "1", "true", "[]", "\"\(String(repeating: "é", count: 129))\""])
    func badUnique(value: String) throws {
        let message = try message("unique", value)
        #expect(message.hasPrefix("\"unique\" is "))
        #expect(message.hasSuffix(", expected a text of 1 to 256 bytes"))
    }

    @Test(
        "are timeouts of a millisecond to a year",
        arguments: [
            ("1ms", Duration.milliseconds(1)), ("1.5s", .milliseconds(1_500)), ("10m", .seconds(600)),
            ("1h", .seconds(3_600)),
            ("8760h", .seconds(365 * 24 * 3_600)),
        ])
    func timeout(text: String, duration: Duration) throws {
        try #expect(job("timeout", "\"\(text)\"").timeout == duration)
    }

    @Test(
        "are no other timeouts",
        arguments: [
            "\"\"", "\"0\"", "\"0s\"", "\"0.5ms\"", "\"-1s\"", "\"1\"", "\"1 s\"", "\"1y\"", "\"8761h\"", "1", "1.5",
            "true",
        ])
    func badTimeout(value: String) throws {
        try #expect(
            message("timeout", value)
                == "\"timeout\" is \(value), expected a duration of at most 365d, such as \"1.5s\" or \"10m\"")
    }

    @Test("are times to come, or short ago", arguments: [-60_000, -59_999, -1, 0, 1, 400 * 86_400_000] as [Int64])
    func runAt(offset: Int64) throws {
        let time = Timestamp(milliseconds: Timestamp.sampleStart.milliseconds + offset)
        try #expect(job("run_at", "\"\(time.iso8601)\"").runAt == time)
    }

    @Test(
        "are no times without a zone, and nothing else",
        arguments: [
            "\"\"", "\"now\"", "\"2026-02-01\"", "\"2026-02-01T12:00:00\"", "\"2026-02-30T12:00Z\"", "1769904000", "[]",
        ])
    func badRunAt(value: String) throws {
        try #expect(
            message("run_at", value) == "\"run_at\" is \(value), expected a time such as \"2026-01-31T12:00:00Z\"")
    }

    @Test("are items of up to a megabyte", arguments: [(1 << 20) - 1, 1 << 20, (1 << 20) + 1])
    func item(length: Int) throws {
        let text = JSONText("{\"item\": \"\(String(repeating: "x", count: length))\"}")
        let list = JSONText("{\"item\": [\"\(String(repeating: "x", count: length - 4))\"]}")
        for text in [text, list] {
            if length <= 1 << 20 {
                try #expect(NewJob(text: text).item.utf8.count == length)
            } else {
                let fault = #expect(throws: JSONScanner.Fault.self) { try NewJob(text: text) }
                #expect(fault?.message == "\"item\" has 1048577 bytes, expected at most 1048576")
            }
        }
    }

    @Test("show only the beginning of a value that is long")
    func abbreviated() throws {
        for field in ["priority", "run_at", "unique", "max_attempts", "timeout"] {
            try #expect(message(field, "\"\(String(repeating: "x", count: 100_000))\"").utf8.count < 200, "\(field)")
            try #expect(message(field, "[\(String(repeating: "1,", count: 100_000))1]").utf8.count < 200, "\(field)")
        }
    }

    @Test("are where they are said to be")
    func offset() {
        let fault = #expect(throws: JSONScanner.Fault.self) {
            try NewJob(text: #"{ "item": "é",  "priority" : 101 }"#)
        }
        #expect(fault?.offset == 17)
    }

    private func job(_ field: String, _ value: String) throws -> NewJob {
        let job = try NewJob(text: "{\"item\": \"x\", \"\(field)\": \(value)}")
        #expect(job.item == "x")
        return job
    }

    private func message(_ field: String, _ value: String) throws -> String {
        let fault = #expect(throws: JSONScanner.Fault.self) {
            try NewJob(text: "{\"item\": \"x\", \"\(field)\": \(value)}")
        }
        return try #require(fault).message
    }
}
