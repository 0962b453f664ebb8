import Foundation
import KataTestSupport
import Testing

/// A clock that is wrong by years for a while, as that of a machine whose time servers are not reached yet.
@Suite("A daemon whose clock is set", .timeLimit(.minutes(10)))
struct ClockTests {
    private let workplace: Workplace
    private let clock: ShiftedClock
    private static let years: Int64 = 2 * 366 * 86_400

    init() async throws {
        workplace = try Workplace()
        clock = try await ShiftedClock(in: workplace)
    }

    @Test("ahead by years and back stalls nothing for years, does nothing a thousand times, and forgets nothing")
    func aheadAndBack() async throws {
        try write()
        var daemon = try await start()
        try await submit(["plain"], "--unique", "a")
        try await submit(["later"], "--in", "1h")
        try await submit(["again"])
        try await require("attempts WHERE outcome = 'failed'", 1)
        try await require("jobs WHERE pipeline = 'tick' AND state = 'done'", 1)
        let before = try await count("jobs WHERE pipeline = 'tick'")

        try clock.set(seconds: Self.years)
        // Noticed by the service that looks at the clock; what was due before then is done, and no more than that.
        try await #require(eventually { self.notices(daemon) == 1 }, "\(daemon.standardError)")
        try await require("jobs WHERE item = 'later' AND state = 'done'", 1)
        try await require("attempts WHERE outcome = 'failed'", 2)
        try await require("jobs WHERE pipeline = 'tick' AND unixepoch(created_at) > unixepoch() + 86400", 2)
        let missed = try await count("jobs WHERE pipeline = 'tick'") - before
        #expect(missed < 200, "each second since is not made up for")
        try await submit(["last"], "--in", "1h")
        try await submit(["plain"], "--unique", "b")
        try await require("jobs WHERE unique_key = 'b' AND state = 'done'", 1)

        // Started anew, it takes the clock for what it is, and leaves alone what it would think is old.
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        daemon = try await start()
        try await #require(eventually { daemon.standardError.contains("nothing is pruned by age until") })
        #expect(try await count("jobs WHERE item IN ('plain', 'later') AND state = 'done'") == 3)

        try clock.set(seconds: 0)
        try await #require(eventually { self.notices(daemon) == 1 }, "\(daemon.standardError)")
        try await #require(
            eventually { daemon.standardError.contains("the clock was ahead; jobs that it had put off") })
        // What it put off by an hour comes in an hour.
        try await require("jobs WHERE state = 'scheduled' AND unixepoch(run_at) - unixepoch() BETWEEN 0 AND 3700", 2)
        #expect(
            try await workplace.query("SELECT item FROM jobs WHERE state = 'scheduled' ORDER BY 1") == "again\nlast\n")
        // A name that was taken then is free.
        try await submit(["plain"], "--unique", "b")
        try await require("jobs WHERE unique_key = 'b' AND state = 'done'", 2)
        // A schedule goes on from now.
        let ticks = try await count("jobs WHERE pipeline = 'tick'")
        try await #require(
            eventually { try await self.count("jobs WHERE pipeline = 'tick'") >= ticks + 2 }, "\(daemon.standardError)")
        #expect(daemon.standardError.contains("the clock was ahead; a schedule goes on from now"))
        try await require("jobs WHERE pipeline = 'tick' AND state NOT IN ('done')", 0)

        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        daemon = try await start()
        #expect(
            try await count("jobs WHERE item IN ('plain', 'later') AND state = 'done'") == 4, "nothing is forgotten")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    private func write() throws {
        try workplace.write(
            """
            pipelines:
              mail:
                queue_size: 10
                worker_count: 2
                unique_for: 1h
                retention: { done: 30d }
                retry: { attempts: 5, backoff: 1h, max: 1h }
                producer: { plugin: inbox }
                consumer: { plugin: exec, shell: true, command: 'test "$KATA_ITEM" != again || exit 75' }
              tick:
                queue_size: 10
                worker_count: 1
                producer: { plugin: schedule, entries: { beat: { every: 1s }, minute: { cron: "* * * * *" } } }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
    }

    private func start() async throws -> ChildProcess {
        try await workplace.answering(workplace.startDaemon(environment: clock.environment))
    }

    private func submit(_ items: [String], _ options: String...) async throws {
        let outcome = try await workplace.run(
            Binaries.kataControl, ["submit", "--socket", workplace.socket] + options + ["mail"] + items)
        try #require(outcome.code == 0, "\(outcome.errors)")
    }

    /// How often the daemon said that its clock was set.
    private func notices(_ daemon: ChildProcess) -> Int {
        daemon.standardError.split(separator: "\n").count { $0.contains("the clock was set") }
    }

    private func count(_ sql: String) async throws -> Int { try await workplace.count(sql) }

    /// Waits until so many rows are there.
    private func require(_ sql: String, _ expected: Int) async throws {
        let isSo = try await eventually {
            let count = try await self.count(sql)
            return expected == 0 ? count == 0 : count >= expected
        }
        let found = try await count(sql)
        try #require(isSo, "\(sql): \(found)")
    }
}
