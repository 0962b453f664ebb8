import Foundation
import Kata
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

    @Test(
        "says which run of its pipeline a run is, where its id does not",
        arguments: [(7, 7), (22, 7), (12, 11), (5, 3)])
    func runNumber(id: Int, number: Int) throws {
        let endings = [7: "7th", 11: "11th", 3: "3rd"]
        let text = RunNumberText(number, id: Int64(id)).text
        #expect(text == (id == number ? "" : ", the pipeline's \(endings[number] ?? "") run"))
        #expect(RunNumberText(nil, id: 1).text.isEmpty)
    }

    @Test("says what keeps the log of the database from being reset, and what the check after a crash has found")
    func store() throws {
        let json = """
            {"state":"ok","results_waiting":0,
            "wal":{"bytes":411041792,"held_since":"2026-01-31T12:00:00.000Z","held_by":"process 7 (sqlite3 kata.db)"},
            "check":{"state":"damaged","at":"2026-01-31T12:00:00.000Z","faults":["job: Page 5: bad"]}}
            """
        let store = try JSON.decode(StatusDocument.Store.self, from: Data(json.utf8))
        let lines = StoreText(store, time: TimeText(isUTC: true)).lines
        #expect(
            lines == [
                "write-ahead log: 392 MiB, and grows until process 7 (sqlite3 kata.db) has read what it has been reading "
                    + "since 2026-01-31 12:00:00Z",
                "check after an unclean end: damaged at 2026-01-31 12:00:00Z; keep the file, look at the disk and the kernel's "
                    + "log, and run kata-ctl check", "  job: Page 5: bad",
            ])
        let ok = try JSON.decode(
            StatusDocument.Store.self, from: Data(#"{"state":"ok","results_waiting":0,"wal":{"bytes":5}}"#.utf8))
        #expect(StoreText(ok, time: TimeText(isUTC: true)).lines.isEmpty)
    }

    @Test(
        "gives sizes with three digits",
        arguments: [
            (0, "0 bytes"), (999, "999 bytes"), (1_024, "1.0 KiB"), (33_554_432, "32.0 MiB"), (411_041_792, "392 MiB"),
            (1_073_741_823, "1.0 GiB"), (44, "44 bytes"), (11_953_766, "11.4 MiB"), (1_023_000, "999 KiB"),
        ])
    func sizes(bytes: Int64, text: String) {
        #expect(SizeText(bytes: bytes).description == text)
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
