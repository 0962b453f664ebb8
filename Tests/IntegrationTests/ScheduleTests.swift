import Foundation
import Kata
import KataSQLite
import KataTestSupport
import Testing

/// Jobs that the clock makes.
@Suite("A schedule", .timeLimit(.minutes(10)))
struct ScheduleTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("makes a job at each of its times, and none before")
    func everySecond() async throws {
        // All of them, because a machine may be so slow that a second is missed.
        try write("every: 1s, missed: all, item: '{time}'")
        try await workplace.withDaemon { _ in try await waitForJobs(2) }
        let times = try await times()
        #expect(times.allSatisfy { $0.truncatingRemainder(dividingBy: 1) == 0 })
        #expect(times == times.indices.map { times[0] + Double($0) })
        #expect(
            try await workplace.query(
                "SELECT min(started_at >= item AND created_at >= item) FROM results JOIN jobs USING (item)")
                == "1\n")
        let early = try await workplace.query("SELECT min(item) >= (SELECT started_at FROM runs) FROM jobs")
        #expect(early == "1\n")
    }

    @Test("with entries names the items by them")
    func entries() async throws {
        try write("entries: { beat: { every: 1s }, pulse: { every: 1s, item: thump }, rare: { cron: '0 0 29 2 *' } }")
        try await workplace.withDaemon { _ in try await waitForJobs(2) }
        #expect(try await workplace.query("SELECT DISTINCT item FROM jobs ORDER BY item") == "beat\nthump\n")
    }

    @Test("that misses nothing leaves out no time, and brings none twice, although the daemon is killed")
    func killed() async throws {
        try write("every: 1s, missed: all, item: '{time}'")
        for count in 1...2 {
            let daemon = try await workplace.startAnsweringDaemon()
            try await waitForJobs(count)
            try await workplace.crash(daemon)
        }
        let last = try await times().last ?? 0
        try await #require(eventually { Date().timeIntervalSince1970 >= last + 1 })
        try await workplace.withDaemon { _ in try await waitForJobs(3) }
        let times = try await times()
        #expect(times == times.indices.map { times[0] + Double($0) })
    }

    @Test("makes of the times that it missed what it says")
    func missed() async throws {
        try write(
            """
            entries: { skip: { cron: '0 0 29 2 *', missed: skip, item: 'skip {time}' }, \
            once: { cron: '0 0 29 2 *', item: 'once {time}' }, \
            all: { cron: '0 0 29 2 *', missed: all, item: 'all {time}' }, beat: { every: 1s } }
            """)
        // A daemon was there before the leap days of 2016, 2020 and 2024, and not since.
        let settled = 1_420_070_400_000
        let store = try SQLiteJobStore(path: workplace.database)
        try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "tick", items: nil, at: .now())
            let cursor = ["skip", "once", "all"].map { "\($0)=\(settled)" }.joined(separator: ";")
            try transaction.add(items: [], to: run.id, progress: .at(cursor: cursor), at: .now())
        }
        try store.close()
        for _ in 1...2 {
            try await workplace.withDaemon { _ in
                let beats = try await workplace.count("jobs WHERE item = 'beat'")
                try await #require(
                    eventually { try await self.workplace.count("jobs WHERE item = 'beat'") > beats })
            }
            let items = try await workplace.query("SELECT item FROM jobs WHERE item <> 'beat' ORDER BY item")
                .split(separator: "\n").map(String.init)
            let all = items.filter { $0.hasPrefix("all ") }
            let days = ["2016", "2020", "2024"].map { "all \($0)-02-29T00:00:00.000Z" }
            #expect(Array(all.prefix(3)) == days)
            let once = try #require(all.last).replacing("all", with: "once")
            #expect(items == all + [once])
        }
    }

    @Test(
        "that is faulty is refused where the fault stands",
        arguments: [
            (
                "cron: '61 * * * *'",
                "6:41: cron has '61' as its minute, expected *, numbers from 0 to 59, ranges or steps"
            ),
            ("cron: '* * *'", "6:41: cron has 3 fields, expected minute, hour, day, month and weekday"),
            ("cron: '0 0 30 2 *'", "6:41: cron is '0 0 30 2 *', which never comes"),
            ("every: 999ms", "6:42: every is too short, expected at least 1s"),
            ("every: 1s, cron: '* * * * *'", "6:42: every stands beside cron, expected one of them"),
            ("every: 1s, missed: never", "6:54: missed is 'never', expected one of skip, once, all"),
            (
                "cron: '@daily', time_zone: Europe/Atlantis",
                "6:62: time_zone is 'Europe/Atlantis', expected a name such as Europe/Berlin"
            ),
            (
                "entries: { a: { cron: '* * * * x' } }",
                "6:57: cron has 'x' as its weekday, expected *, numbers from 0 to 7, ranges or steps"
            ),
        ])
    func faulty(keys: String, line: String) async throws {
        try write(keys)
        for arguments in [["--check"], []] {
            let outcome = try await workplace.run(Binaries.katad, ["--config", "kata.yaml"] + arguments)
            #expect(outcome.code == 78)
            #expect(outcome.errors == "kata.yaml:\(line)\n")
        }
        #expect(!FileManager.default.fileExists(atPath: workplace.database))
    }

    private func write(_ keys: String) throws {
        try workplace.write(
            """
            # What the clock brings.
            pipelines:
              tick:
                queue_size: 10
                worker_count: 2
                producer: { plugin: schedule, \(keys) }
                consumer: { plugin: sleep, duration: 0 }

            """, to: "kata.yaml")
    }

    private func waitForJobs(_ count: Int) async throws {
        try await #require(eventually { try await workplace.count("results") >= count }, "the time does not come")
    }

    /// What the items say, in seconds.
    private func times() async throws -> [Double] {
        try await workplace.query("SELECT unixepoch(item) FROM jobs ORDER BY job_id").split(separator: "\n").compactMap
        {
            Double($0)
        }
    }
}
