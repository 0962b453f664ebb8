import Foundation
import KataAPI
import Testing

@testable import kata_ctl

@Suite("The status for people")
struct StatusTableTests {
    @Test("has one line for all workers that are idle, however many there are")
    func idle() throws {
        let lines = try table(consumers: (1...10_000).map { idle("c\($0)", consumed: 2) })
        #expect(lines.filter { $0.contains("idle") } == ["  10000 workers  idle      20000  –"])
        #expect(lines.count < 10)
    }

    @Test("lists those that are busy, and folds those that are too many")
    func busy() throws {
        let consumers = [idle("c1", consumed: 1)] + (2...30).map { busy("c\($0)", item: "item \($0)") }
        let lines = try table(consumers: consumers)
        #expect(lines.contains("  c2         busy          3  item 2"))
        #expect(lines.contains("  c21        busy          3  item 21"))
        #expect(lines.suffix(2) == ["  9 workers  busy         27  –", "  c1         idle          1  –"])
    }

    @Test("cuts an item at the width of the terminal, and nowhere else")
    func cut() throws {
        let item = String(repeating: "日本", count: 40)
        let consumers = [busy("c1", item: item)]
        #expect(try table(consumers: consumers).last == "  c1        busy          3  \(item)")
        let line = try #require(try table(consumers: consumers, width: 40).last)
        #expect(line == "  c1        busy          3  日本日本日…")
    }

    @Test("says which pipelines the configuration does not have, and how many of their jobs are not finished")
    func unknownPipelines() throws {
        let lines = try table(consumers: [idle("c1", consumed: 1)], unknown: #"[{"name":"old","unfinished":17}]"#)
        #expect(lines.suffix(2) == ["", "old: not in the configuration, 17 jobs not finished"])
    }

    private func table(consumers: [String], width: Int? = nil, unknown: String = "null") throws -> [String] {
        let json = """
            {"version":"1","pid":2,"state":"running","uptime_seconds":90000,"database":"kata.db","pipelines":[
            {"name":"mail","state":"running","queue":{"size":5,"depth":0},"worker_count":\(consumers.count),
            "counts":{"pending":0,"queued":0,"running":0,"scheduled":0,"waiting":0,"done":0,"failed":0,"cancelled":0},
            "consumers":[\(consumers.joined(separator: ","))]}],
            "unknown_pipelines":\(unknown)}
            """
        let status = try JSON.decode(StatusDocument.self, from: Data(json.utf8))
        return StatusTable(status, width: width, time: TimeText(isUTC: true)).lines
    }

    private func idle(_ id: String, consumed: Int) -> String {
        "{\"id\":\"\(id)\",\"state\":\"idle\",\"consumed\":\(consumed)}"
    }

    private func busy(_ id: String, item: String) -> String {
        "{\"id\":\"\(id)\",\"state\":\"busy\",\"consumed\":3,\"job_id\":1,\"item\":\"\(item)\"}"
    }
}
