import Kata
import KataTestSupport
import KataTesting
import Testing

@testable import KataPlugins

@Suite("A schedule", .timeLimit(.minutes(10)))
struct ScheduleSourceTests {
    private let fixture = ScheduleFixture()

    @Test("begins with the time at which it is first asked, and keeps that")
    func begins() async throws {
        let source = try fixture.source(["every": .text("1h")])
        var progress = SourceProgress.start
        try await #expect(fixture.next(source, &progress) == [])
        #expect(progress == .at(cursor: "schedule=1769860800500"))
        #expect(source.extent == .endless)
        #expect(!source.takesJobs)
    }

    @Test("emits an item at each of its times, once")
    func eachTime() async throws {
        let source = try fixture.source(["every": .text("1h"), "item": .text("{time} {time}")])
        var progress = try await started(source)
        for hour in 13...16 {
            let time = "2026-01-31T\(hour):00:00.000Z"
            let items = try await fixture.next(source, &progress, sleepingUntil: time, thenAt: time)
            #expect(items == ["\(time) \(time)"])
        }
    }

    @Test("has the entry's name for an item unless it is given one")
    func item() async throws {
        let source = try fixture.source(["cron": .text("@hourly")])
        var progress = try await started(source)
        let time = "2026-01-31T13:00:00Z"
        try await #expect(fixture.next(source, &progress, sleepingUntil: time, thenAt: time) == ["schedule"])
    }

    @Test(
        "counts a time once, however the clock jumps",
        arguments: [
            (["2026-01-31T13:00:00.500Z"], 13), (["2026-01-31T11:00:00.500Z", "2026-01-31T13:00:00Z"], 13),
            (["2027-03-07T12:00:00.500Z"], 12),
        ])
    func jumps(times: [String], hour: Int) async throws {
        let source = try fixture.source(["every": .text("1h"), "item": .text("{time}")])
        var progress = try await started(source)
        let due = "2026-01-31T13:00:00Z"
        let items: [String]
        if times.count == 2 {
            items = try await fixture.next(source, &progress, sleepingUntil: due, thenAt: times[0], times[1])
        } else {
            items = try await fixture.next(source, &progress, sleepingUntil: due, thenAt: times[0])
        }
        #expect(items.count == 1)
        #expect(items.first?.contains("T\(hour):00:00.000Z") ?? false, "\(items)")
        // It goes on with the next one, even if the clock goes back over those that were.
        let last = try #require(Timestamp(iso8601: items[0]))
        let next = last.advanced(by: .seconds(3_600))
        fixture.clock.advance(to: last.advanced(by: .seconds(-7_200)))
        try await #expect(
            fixture.next(source, &progress, sleepingUntil: next.iso8601, thenAt: next.iso8601) == [next.iso8601])
    }

    @Test(
        "does after a restart what was missed, as it was told to",
        arguments: [("skip", []), ("once", [15]), ("all", [13, 14, 15])] as [(String, [Int])])
    func restart(missed: String, hours: [Int]) async throws {
        let keys: KeyValuePairs<String, ConfigurationNode> = [
            "every": .text("1h"), "item": .text("{time}"), "missed": .text(missed),
        ]
        var progress = try await started(try fixture.source(keys))
        fixture.clock.advance(to: .at("2026-01-31T15:30:00Z"))
        let restarted = try fixture.source(keys)
        let items = try await fixture.next(restarted, &progress)
        #expect(items == hours.map { "2026-01-31T\($0):00:00.000Z" })
        let next = "2026-01-31T16:00:00.000Z"
        try await #expect(fixture.next(restarted, &progress, sleepingUntil: next, thenAt: next) == [next])
    }

    @Test("goes on from now after a clock that was years ahead was set right, and says so")
    func ahead() async throws {
        let source = try fixture.source(["every": .text("1h"), "item": .text("{time}")])
        var progress = SourceProgress.at(cursor: "schedule=2085480000000")
        let time = "2026-01-31T13:00:00.000Z"
        try await #expect(fixture.next(source, &progress, sleepingUntil: time, thenAt: time) == [time])
    }

    @Test("gives no more than it is asked for, and the rest later")
    func limit() async throws {
        let source = try fixture.source(["every": .text("1h"), "item": .text("{time}"), "missed": .text("all")])
        var progress = try await started(source)
        fixture.clock.advance(to: .at("2026-01-31T22:00:00Z"))
        var items: [String] = []
        for count in [4, 4, 2] {
            let more = try await fixture.next(source, &progress, limit: 4)
            #expect(more.count == count)
            items += more
        }
        #expect(items == (13...22).map { "2026-01-31T\($0):00:00.000Z" })
    }

    @Test("keeps several entries apart")
    func entries() async throws {
        let source = try fixture.source(entries(["a": "2h", "b": "3h"]))
        var progress = try await started(source)
        var items: [String] = []
        for hour in [14, 15, 16, 18] {
            let time = "2026-01-31T\(hour):00:00Z"
            items += try await fixture.next(source, &progress, sleepingUntil: time, thenAt: time)
        }
        #expect(items == ["a", "b", "a", "a", "b"])
    }

    @Test("lets a new entry begin when it came, and leaves the others as they were")
    func newEntry() async throws {
        var progress = try await started(try fixture.source(entries(["a": "1h"])))
        fixture.clock.advance(to: .at("2026-01-31T13:00:10Z"))
        let source = try fixture.source(entries(["a": "1h", "b": "1h"]))
        try await #expect(fixture.next(source, &progress) == [], "the new one is noted first")
        try await #expect(fixture.next(source, &progress) == ["a"])
        let time = "2026-01-31T14:00:00Z"
        try await #expect(fixture.next(source, &progress, sleepingUntil: time, thenAt: time) == ["a", "b"])
    }

    @Test("knows nothing any more of an entry that is gone once another came")
    func removedEntry() async throws {
        var progress = try await started(try fixture.source(entries(["a": "1h", "b": "1h"])))
        _ = try await fixture.next(try fixture.source(entries(["b": "1h", "c": "1h"])), &progress)
        #expect(progress == .at(cursor: "b=1769860800500;c=1769860800500"))
    }

    @Test("does not do what an entry missed that was not there")
    func entryComesBack() async throws {
        let both = try fixture.source(entries(["a": "1h", "b": "1h"]))
        var progress = try await started(both)
        let one = try fixture.source(entries(["a": "1h"]))
        var time = "2026-01-31T13:00:00Z"
        try await #expect(fixture.next(one, &progress, sleepingUntil: time, thenAt: time) == ["a"])
        #expect(progress == .at(cursor: "a=1769864400000"), "what is not there has nothing to be settled")
        _ = try await fixture.next(both, &progress)
        time = "2026-01-31T14:00:00Z"
        try await #expect(fixture.next(both, &progress, sleepingUntil: time, thenAt: time) == ["a", "b"])
    }

    @Test("ends its wait when nothing is wanted any more")
    func cancelled() async throws {
        let source = try fixture.source(["every": .text("1h")])
        let progress = try await started(source)
        let task = Task { [fixture] in
            var progress = progress
            return try await fixture.next(source, &progress)
        }
        try await #expect(eventually { fixture.clock.deadlines.count == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    private func entries(_ periods: KeyValuePairs<String, String>) -> [(key: String, node: ConfigurationNode)] {
        let entries = periods.map { (key: $0.key, node: ConfigurationNode.map(["every": .text($0.value)])) }
        return [("entries", .map(entries))]
    }

    /// Asks for the first time, which begins the schedule.
    private func started(_ source: ScheduleSource) async throws -> SourceProgress {
        var progress = SourceProgress.start
        try await #require(fixture.next(source, &progress) == [])
        return progress
    }
}
