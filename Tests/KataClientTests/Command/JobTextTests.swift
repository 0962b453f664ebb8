import Foundation
import Kata
import KataAPI
import KataTestSupport
import Testing

@testable import kata_ctl

@Suite("The list of jobs for people")
struct JobTextTests {
    @Test("has the age, the duration, and the due time of what is scheduled")
    func times() throws {
        let lines = try table([
            job(3, "scheduled", "c", #","run_at":"2026-02-01T10:00:00.000Z""#),
            job(2, "running", "b", #","duration_seconds":75.2"#),
            job(1, "done", "a", #","duration_seconds":0.35,"run_at":"2026-01-01T00:00:00.000Z""#),
        ])
        #expect(
            lines == [
                "ID  PIPELINE  STATE       AGE  DURATION  DUE               ITEM",
                " 3  mail      scheduled  2h5m         –  2026-02-01 10:00  c",
                " 2  mail      running    2h5m     1m15s  –                 b",
                " 1  mail      done       2h5m     350ms  –                 a",
            ])
    }

    @Test("has no columns for attempts, priorities and due times that say nothing")
    func columns() throws {
        #expect(try table([job(1, "done", "a")])[0] == "ID  PIPELINE  STATE   AGE  DURATION  ITEM")
        let table = try table([job(1, "done", "a"), job(2, "done", "b", priority: -3, attempt: 2)])
        #expect(table[1].hasPrefix(" 1  mail      done         1         0  2h5m"))
        #expect(table[2].hasPrefix(" 2  mail      done         2        -3  2h5m"))
    }

    @Test("is whole in a pipe, and cut on a terminal, where the error is still to be seen")
    func cut() throws {
        let item = String(repeating: "日本語", count: 100)
        let jobs = [job(1, "failed", item, #","error":"exited with 65""#)]
        #expect(try table(jobs)[1].hasSuffix("\(item)  (exited with 65)"))
        let line = try table(jobs, width: 80)[1]
        #expect(line.columns <= 80)
        #expect(line.hasSuffix("…  (exited with 65)"))
        #expect(try table(jobs, width: 30)[1].hasSuffix("…"))
    }

    @Test("has columns for tags and progress where jobs have some")
    func tagsAndProgress() throws {
        let lines = try table([
            job(2, "running", "b", #","progress":"page 4","progress_fraction":0.4"#),
            job(1, "done", "a", #","tags":["nightly","x"]"#),
        ])
        #expect(
            lines == [
                "ID  PIPELINE  STATE     AGE  DURATION  PROGRESS                 TAGS       ITEM",
                " 2  mail      running  2h5m         –  ████░░░░░░ 40 %  page 4  –          b",
                " 1  mail      done     2h5m         –  –                        nightly,x  a",
            ])
        #expect(ProgressBar("half", nil, width: 10)?.text == "half")
        #expect(ProgressBar("100 %", 1, width: 5)?.text == "█████ 100 %")
        #expect(ProgressBar(nil, 1, width: 5)?.text == nil)
    }

    @Test("of attempts has what they cost, where they had a process")
    func costs() throws {
        func described(_ cost: String) throws -> [String] {
            let attempts = """
                ,"attempts":[{"attempt":1,"consumer_id":"c1","outcome":"done","started_at":"2026-01-31T10:00:01.000Z",
                "finished_at":"2026-01-31T10:00:03.000Z"\(cost)}]
                """
            let document = try JSON.decode(JobDocument.self, from: Data(job(1, "done", "a", attempts).utf8))
            return JobText(time: TimeText(isUTC: true), width: nil, now: .now()).describe(document)
        }
        try #expect(described("").suffix(2).first?.hasSuffix("DURATION  OUTCOME") ?? false)
        let cost = #","user_seconds":0.2,"system_seconds":0.05,"peak_memory_bytes":10485760,"waited_seconds":1"#
        let lines = try described(cost).suffix(2)
        #expect(lines.first?.hasSuffix("DURATION  WAITED    CPU    MEMORY  OUTCOME") ?? false, "\(lines)")
        #expect(lines.last?.hasSuffix("    2.0s    1.0s  250ms  10.0 MiB  done") ?? false, "\(lines)")
    }

    private func table(_ jobs: [String], width: Int? = nil) throws -> [String] {
        let json = "{\"jobs\":[\(jobs.joined(separator: ","))]}"
        let list = try JSON.decode(JobListDocument.self, from: Data(json.utf8))
        let now = try #require(Timestamp(iso8601: "2026-01-31T12:05:59Z"))
        return JobText(time: TimeText(isUTC: true), width: width, now: now).table(list)
    }

    private func job(
        _ id: Int, _ state: String, _ item: String, _ more: String = "", priority: Int = 0, attempt: Int = 1
    ) -> String {
        """
        {"id":\(id),"pipeline":"mail","run_id":1,"item":"\(item)","state":"\(state)","priority":\(priority),"attempt":\(attempt),
        "interruptions":0,"created_at":"2026-01-31T10:00:00.000Z"\(more)}
        """
    }
}
