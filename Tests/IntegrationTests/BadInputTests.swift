import Foundation
import KataTestSupport
import Testing

/// What comes over the socket may be anything. The answer is a problem document with the right status, nothing is taken,
/// and the daemon goes on.
@Suite("Bad input", .timeLimit(.minutes(10)))
struct BadInputTests {
    @Test(
        "is named with its place",
        arguments: [
            ("", 422, "byte 1: the text ends too early, expected an object"),
            ("{", 422, "byte 2: the text ends too early, expected a key"),
            ("[]", 422, "byte 1: there is '[', expected an object"),
            ("{}", 422, "there is no \"item\", expected an object such as {\"item\": \"text\"}"),
            ("{\"item\": \"a\"} x", 422, "byte 15: there is 'x', expected nothing after the object"),
            ("{\"item\": \"a\", \"item\": \"b\"}", 422, "byte 15: \"item\" is there twice"),
            ("{\"item\": \"a\", \"prio\": 1}", 422, "byte 15: there is no field \"prio\""),
            (
                "{\"item\": \"a\", \"priority\": 101}", 422,
                "\"priority\" is 101, expected a whole number from -100 to 100"
            ),
            ("{\"item\": \"a\", \"priority\": 1.5}", 422, "\"priority\" is 1.5, expected a whole number"),
            ("{\"item\": \"a\", \"priority\": 1e400}", 422, "\"priority\" is 1e400, expected a whole number"),
            ("{\"item\": \"a\", \"max_attempts\": 0}", 422, "\"max_attempts\" is 0, expected"),
            ("{\"item\": \"a\", \"timeout\": 5}", 422, "\"timeout\" is 5, expected a duration"),
            ("{\"item\": \"a\", \"timeout\": \"-1s\"}", 422, "\"timeout\" is \"-1s\", expected a duration"),
            ("{\"item\": \"a\", \"unique\": \"\"}", 422, "\"unique\" is \"\", expected a text of 1 to 256 bytes"),
            ("{\"item\": \"a\", \"run_at\": \"2020-01-01T00:00:00Z\"}", 422, "expected a time to come"),
            ("{\"item\": \"a\", \"run_at\": \"2026-02-30T00:00:00Z\"}", 422, "expected a time such as"),
            ("{\"item\": \"\\ud800\"}", 422, "surrogates in pairs"),
            ("{\"item\": \"\\x\"}", 422, "there is no such escape"),
            ("{\"item\": \"a\nb\"}", 422, "there is a control character in a string"),
            ("{\"item\": 01}", 422, "there is '01', expected a value"),
            ("{\"item\": nul}", 422, "there is 'nul', expected a value"),
        ]
    )
    func faultyJob(body: String, status: Int, detail: String) async throws {
        try await withInbox { workplace in
            let answer = try await workplace.post(body)
            #expect(answer.status == status)
            #expect(answer.detail.contains(detail), "\(answer.detail)")
            #expect(answer.detail.hasSuffix("no job of this request was taken"))
        }
    }

    @Test("that is no UTF-8 is named")
    func invalidUTF8() async throws {
        try await withInbox { workplace in
            for bytes in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]] {
                for value in ["\"", "[\""] {
                    let body = Array("{\"item\": \(value)".utf8) + bytes + Array("\"}".utf8)
                    let answer = try await workplace.post(body, type: "application/json")
                    #expect(answer.status == 422)
                    #expect(answer.detail.contains("not valid UTF-8"), "\(answer.detail)")
                }
            }
        }
    }

    @Test("of 100 MB is refused, and takes no such memory")
    func hugeBody() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { daemon in
            _ = try await workplace.post("{\"item\": \"a\"}")
            let before = try residentSize(of: daemon)
            let body = Array("{\"item\": \"".utf8) + [UInt8](repeating: 0x61, count: 100_000_000) + Array("\"}".utf8)
            for type in ["application/json", "application/x-ndjson"] {
                let answer = try await workplace.post(body, type: type)
                #expect(answer.status == 413)
                #expect(answer.detail.contains("the body is larger than"))
            }
            #expect(try residentSize(of: daemon) - before < 64 << 20)
            try await expectStillAnswers(workplace)
        }
    }

    @Test("with 100,000 fields is refused, and as an item it is taken as it is")
    func manyFields() async throws {
        try await withInbox { workplace in
            let fields = (0..<100_000).map { "\"\($0)\":1" }.joined(separator: ",")
            let answer = try await workplace.post("{\(fields)}")
            #expect(answer.status == 422)
            #expect(answer.detail.contains("there is no field \"0\""))
            let item = try await workplace.post("{\"item\": { \(fields) }}")
            #expect(item.status == 201)
            let isAsItWas = try await workplace.job(try #require(item.ids.first)).item == "{\(fields)}"
            #expect(isAsItWas)
        }
    }

    @Test("that is nested 10,000 deep is refused", arguments: ["[", "{\"a\":"])
    func deep(opener: String) async throws {
        try await withInbox { workplace in
            for field in ["item", "priority", "unique"] {
                let answer = try await workplace.post(
                    "{\"item\": 1, \"\(field)\": " + String(repeating: opener, count: 10_000))
                #expect(answer.status == 422)
                #expect(answer.detail.contains(field == "item" ? "is there twice" : "nested too deeply"))
            }
            let item = try await workplace.post("{\"item\": " + String(repeating: opener, count: 10_000))
            #expect(item.detail.contains("values are nested too deeply, expected at most 512 levels"))
        }
    }

    @Test("that is an item of more than 1 MiB is refused, whether text or not; one of just that is taken")
    func largeItem() async throws {
        try await withInbox { workplace in
            let size = 1 << 20
            for (length, status) in [(size, 201), (size + 1, 422)] {
                let text = String(repeating: "x", count: length)
                let answer = try await workplace.post("{\"item\": \"\(text)\"}")
                #expect(answer.status == status)
                let list = try await workplace.post("{\"item\": [\"\(text.dropLast(4))\"]}")
                #expect(list.status == status)
            }
            let answer = try await workplace.post("{\"item\": \"\(String(repeating: "x", count: size + 1))\"}")
            #expect(answer.detail.contains("\"item\" has 1048577 bytes, expected at most 1048576"))
        }
    }

    @Test("of too many lines is refused, and nothing of it is taken")
    func manyLines() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let body = Array(String(repeating: "{\"item\":1}\n", count: 10_001).utf8)
            let answer = try await workplace.post(body, type: "application/x-ndjson")
            #expect(answer.status == 413)
            #expect(answer.detail.contains("more than 10000 lines"))
            #expect(try await workplace.count("jobs") == 0)
            let fits = try await workplace.post(body.dropLast(11), type: "application/x-ndjson")
            #expect(fits.status == 201)
            #expect(fits.ids.count == 10_000)
        }
    }

    @Test("in one line of many is named by its number, and nothing of it is taken")
    func badLine() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let answer = try await workplace.post(
                Array("{\"item\":1}\n\n{\"item\":2}\n{\"item\":}\n{\"item\":3}\n".utf8), type: "application/x-ndjson")
            #expect(answer.status == 422)
            #expect(answer.object["line"] as? Int == 4)
            #expect(answer.detail.hasPrefix("line 4, byte 9: there is '}', expected a value"))
            #expect(try await workplace.count("jobs") == 0)
        }
    }

    @Test(
        "for a pipeline that is not there is a 404 that names the nearest one", arguments: ["mial", "%6daill", "a%2Fb"])
    func unknownPipeline(name: String) async throws {
        try await withInbox { workplace in
            let answer = try await workplace.post("{\"item\": 1}", to: name)
            #expect(answer.status == 404)
            #expect(answer.detail.hasPrefix("there is no pipeline '"))
        }
    }

    @Test("of another media type is a 415 that names the right ones")
    func mediaType() async throws {
        try await withInbox { workplace in
            let answer = try await workplace.post(Array("a=b".utf8), type: "application/x-www-form-urlencoded")
            #expect(answer.status == 415)
            #expect(answer.detail.contains("expected application/json or application/x-ndjson"))
            let odd = try await workplace.post(Array("{\"item\":1}".utf8), type: "Application/JSON; charset=utf-8")
            #expect(odd.status == 201)
        }
    }

    @Test(
        "in the path or its parameters is refused",
        arguments: [
            ("/v1/jobs/x", 400), ("/v1/jobs/0", 400), ("/v1/jobs/-1", 400), ("/v1/jobs/99999999999999999999", 400),
            ("/v1/jobs/999", 404), ("/v1/jobs?limit=0", 400), ("/v1/jobs?limit=x", 400), ("/v1/jobs?before=0", 400),
            ("/v1/jobs?state=runing", 400), ("/v1/jobs?pipeline=mial", 404), ("/v1/nothing", 404),
        ]
    )
    func badParameter(path: String, status: Int) async throws {
        try await withInbox { workplace in
            let answer = try await workplace.request("GET", path)
            #expect(answer.status == status)
            #expect(!answer.detail.isEmpty)
        }
    }

    /// Runs `body` beside a daemon that has to answer as before afterwards.
    private func withInbox(_ body: (Workplace) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            try await body(workplace)
            try await expectStillAnswers(workplace)
        }
    }

    private func expectStillAnswers(_ workplace: Workplace) async throws {
        let answer = try await workplace.post("{\"item\": \"still here\"}")
        #expect(answer.status == 201)
        try await workplace.wait(for: try #require(answer.ids.first), toBe: "done")
    }

    /// How much memory a process has, in bytes.
    private func residentSize(of process: ChildProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
        let figure = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/)?.output.1)
        return try #require(Int(figure)) * 1_024
    }
}
