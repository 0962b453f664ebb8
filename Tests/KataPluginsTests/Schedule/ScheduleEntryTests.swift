import Kata
import Testing

@testable import KataPlugins

@Suite("An entry of a schedule")
struct ScheduleEntryTests {
    private let start = Timestamp.at("2026-01-31T12:00:00Z")

    @Test("has a job for each time that is kept, whatever becomes of missed ones", arguments: ["skip", "once", "all"])
    func kept(missed: String) throws {
        let entry = try entry(missed)
        for late in [Int64(0), 1, 59_999, 60_000] {
            let due = entry.due(after: start, at: time(3_600_000 + late), limit: 10)
            #expect(due.items == ["at 2026-01-31T13:00:00.000Z"], "\(late) ms late")
            #expect(due.through == time(3_600_000))
        }
    }

    @Test("has nothing to do before its time", arguments: ["skip", "once", "all"])
    func early(missed: String) throws {
        let entry = try entry(missed)
        for offset in [Int64(-86_400_000), 0, 3_599_999] {
            let due = entry.due(after: start, at: time(offset), limit: 10)
            #expect(due.items.isEmpty && due.through == start)
        }
    }

    @Test(
        "makes nothing, one or all of what was missed",
        arguments: [("skip", []), ("once", [3]), ("all", [1, 2, 3])] as [(String, [Int])])
    func missed(word: String, hours: [Int]) throws {
        let due = try entry(word).due(after: start, at: time(3 * 3_600_000 + 60_001), limit: 10)
        #expect(due.items == hours.map { "at 2026-01-31T\(12 + $0):00:00.000Z" })
        #expect(due.through == time(3 * 3_600_000))
    }

    @Test("keeps the latest of several that are not long ago, and skips the others")
    func skipAllButLast() throws {
        let entry = try entry("skip")
        let due = entry.due(after: start, at: time(3 * 3_600_000 + 1), limit: 10)
        #expect(due.items == ["at 2026-01-31T15:00:00.000Z"])
    }

    @Test("gives all of what was missed bit by bit")
    func limit() throws {
        let entry = try entry("all")
        let now = time(5 * 3_600_000)
        var settled = start
        var items: [[String]] = []
        for _ in 0..<4 {
            let due = entry.due(after: settled, at: now, limit: 2)
            items.append(due.items)
            settled = due.through
        }
        #expect(items.map(\.count) == [2, 2, 1, 0])
        #expect(items.joined().map { $0.prefix(16) } == (13...17).map { "at 2026-01-31T\($0)" })
        #expect(settled == now)
    }

    private func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + milliseconds)
    }

    private func entry(_ missed: String) throws -> ScheduleEntry {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(
            .map(["every": .text("1h"), "item": .text("at {time}"), "missed": .text(missed)]), title: "the entry",
            report: report)
        let entry = ScheduleEntry(&section, name: "e", now: start)
        section.finish()
        try report.throwIfFaulty()
        return try #require(entry)
    }
}
