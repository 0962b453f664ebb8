import Foundation
import KataAPI
import KataCommand
import Testing

@testable import kata_ctl

@Suite("Schedules for people")
struct ScheduleTextTests {
    private let document: SchedulesDocument

    init() throws {
        let json = """
            {"entries": [
                {"pipeline": "p", "entry": "a", "schedule": "every hour", "overlap": "allow", "paused": false,
                    "next": ["2026-01-31T13:00:00+00:00", "2026-01-31T14:00:00+00:00"],
                    "last": {"job": 7, "state": "failed", "created_at": "2026-01-31T12:00:00.000Z",
                        "finished_at": "2026-01-31T12:00:01.000Z", "error": "no\\nway"}},
                {"pipeline": "p", "entry": "b", "schedule": "at 02:30, Europe/Berlin", "overlap": "skip", "paused": true,
                    "paused_at": "2026-01-31T12:00:00.000Z", "next": []},
                {"pipeline": "q", "entry": "a", "schedule": "every day", "overlap": "allow", "paused": false, "next": [],
                    "last": {"job": 3}}
            ]}
            """
        document = try JSON.decode(SchedulesDocument.self, from: Data(json.utf8))
    }

    @Test("say what each entry does, when it comes next, and how the last time went")
    func lines() {
        #expect(
            ScheduleText(document, width: nil, time: TimeText(isUTC: true)).lines == [
                "p/a: every hour", "  next     2026-01-31 13:00:00+00:00", "           2026-01-31 14:00:00+00:00",
                #"  last     job 7 failed, 2026-01-31 12:00:01Z: no\nway"#, "", "p/b: at 02:30, Europe/Berlin",
                "  paused   since 2026-01-31 12:00:00Z", "  overlap  skip", "  next     never", "  last     none yet",
                "",
                "q/a: every day", "  next     never", "  last     job 3, which was pruned",
            ])
        let none = ScheduleText(SchedulesDocument(entries: []), width: nil, time: TimeText(isUTC: true)).lines
        #expect(none == ["no pipeline has a schedule"])
    }

    @Test("are named by both names, or by one where that is clear")
    func find() throws {
        for (text, found) in [("p/b", "p/b"), ("b", "p/b"), ("q", "q/a"), ("q/a", "q/a")] {
            let entry = try EntryOptions.find(text, in: document.entries)
            #expect("\(entry.pipeline)/\(entry.entry)" == found)
        }
        for (text, part) in [("a", "may be p/a or q/a"), ("p", "may be p/a or p/b"), ("p/c", "did you mean")] {
            let error = #expect(throws: UsageError.self) { try EntryOptions.find(text, in: document.entries) }
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        }
    }
}
