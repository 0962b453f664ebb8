import Foundation
import KataTestSupport
import Testing

/// `kata-ctl schedules` and `kata-ctl import crontab`.
@Suite("The command for schedules", .timeLimit(.minutes(10)))
struct ScheduleCommandTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    private func write(_ entries: String, consumer: String = "{ plugin: sleep, duration: 0 }") throws {
        try workplace.write(
            """
            pipelines:
              tick:
                queue_size: 10
                worker_count: 2
                producer: { plugin: schedule, entries: { \(entries) } }
                consumer: \(consumer)

            """, to: "kata.yaml")
    }

    @Test("tells each entry in words, its next times with their offsets, and how the last one went")
    func list() async throws {
        try write("leap: { cron: '30 2 29 2 *', time_zone: Europe/Berlin }, beat: { every: 300d }")
        try await workplace.withDaemon { _ in
            let text = try await workplace.ctl("schedules", "--utc")
            #expect(text.code == 0)
            let lines = text.output.split(separator: "\n").map(String.init)
            #expect(lines.first == "tick/leap: at 02:30 on day 29 of the month in February, Europe/Berlin")
            // Neither of them is due while the test runs, at whatever time that is.
            #expect(lines.contains("tick/beat: every 300 days"))
            #expect(lines.count { $0.contains("-02-29 02:30:00+01:00") } == 5)
            #expect(lines.count { $0 == "  last     none yet" } == 2)
            let run = try await workplace.ctl("schedules", "run", "leap")
            let id = try #require(Int(run.output.trimmingCharacters(in: .newlines)), "\(run.errors)")
            try await workplace.wait(for: id, toBe: "done")
            let json = try await workplace.ctl("schedules", "--json")
            let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            let entries = document?["entries"] as? [[String: Any]]
            let last = entries?[0]["last"] as? [String: Any]
            #expect(last?["job"] as? Int == id && last?["state"] as? String == "done")
            #expect((entries?[0]["next"] as? [String])?.count == 5)
            #expect(entries?[1]["last"] == nil && entries?[1]["paused"] as? Bool == false)
        }
    }

    @Test("pauses an entry, also over a restart, and lets it be run all the same")
    func pause() async throws {
        try write("beat: { every: 1s }, pulse: { every: 1s }")
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("schedules", "pause", "tick/beat")
            #expect(outcome.output == "tick/beat: paused\n", "\(outcome.errors)")
        }
        let before = try await workplace.count("jobs WHERE item = 'beat'")
        try await workplace.withDaemon { _ in
            let pulses = try await workplace.count("jobs WHERE item = 'pulse'")
            try await #require(
                eventually { try await self.workplace.count("jobs WHERE item = 'pulse'") > pulses + 1 })
            try await #expect(workplace.count("jobs WHERE item = 'beat'") == before)
            let text = try await workplace.ctl("schedules")
            #expect(text.output.contains("  paused   since "))
            try await #expect(workplace.ctl("schedules", "run", "beat").code == 0)
            try await #expect(workplace.count("jobs WHERE item = 'beat'") == before + 1)
            try await #expect(workplace.ctl("schedules", "resume", "beat").output == "tick/beat: resumed\n")
            try await #require(
                eventually { try await self.workplace.count("jobs WHERE item = 'beat'") > before + 1 })
        }
    }

    @Test("lets no entry overlap that is to be skipped, and says so to who asks for one")
    func skip() async throws {
        try write(
            "slow: { every: 1s, overlap: skip }, beat: { every: 1s }",
            consumer: "{ plugin: exec, shell: true, kill_after: 1s, command: 'test $KATA_ITEM = beat || sleep 1000' }")
        let daemon = try await workplace.startAnsweringDaemon()
        try await #require(eventually { try await self.workplace.count("jobs WHERE item = 'slow'") == 1 })
        let beats = try await workplace.count("jobs WHERE item = 'beat'")
        try await #require(eventually { try await self.workplace.count("jobs WHERE item = 'beat'") > beats + 1 })
        try await #expect(workplace.count("jobs WHERE item = 'slow'") == 1)
        let outcome = try await workplace.ctl("schedules", "run", "slow")
        #expect(outcome.code == 64 && outcome.errors.contains("is not finished, and its overlap is skip"))
        try await workplace.crash(daemon)
    }

    @Test(
        "names what was meant",
        arguments: [("baet", "did you mean 'beat'?"), ("tick", "'tick' may be tick/beat or tick/pulse")])
    func unknown(name: String, expected: String) async throws {
        try write("beat: { every: 1h }, pulse: { every: 1h }")
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("schedules", "pause", name)
            #expect(outcome.code == 64 && outcome.errors.contains(expected), "\(outcome.errors)")
            let answer = try await workplace.request("POST", "/v1/schedules/tick/\(name)/pause")
            #expect(answer.status == 404)
        }
    }

    @Test("makes of a crontab a configuration that holds, and says what it leaves out")
    func importCrontab() async throws {
        try workplace.write(
            "MAILTO=me\n30 2 * * mon-fri printf '%s' \"a: b\" # not a comment\n@daily true\n*/90 * * * * false\n",
            to: "crontab")
        let outcome = try await workplace.run(
            Binaries.kataControl, ["import", "crontab", "crontab", "--time-zone", "Europe/Zurich"])
        #expect(outcome.code == 0)
        let errors = outcome.errors.split(separator: "\n").map(String.init)
        #expect(errors.count == 3 && errors[0].hasPrefix("crontab:1: MAILTO"), "\(errors)")
        #expect(errors.contains { $0.hasPrefix("crontab:2: left out, because it gives its command a standard input") })
        #expect(errors.last?.hasPrefix("crontab:4: left out") == true)
        try workplace.write(outcome.output, to: "kata.yaml")
        let check = try await workplace.runDaemon("--check")
        #expect(check.code == 0, "\(check.errors)")
        let missing = try await workplace.run(Binaries.kataControl, ["import", "crontab", "nothing"])
        #expect(missing.code == 64 && missing.errors.split(separator: "\n").count == 1)
        try workplace.write("* * * * * " + String(repeating: "{", count: 1001) + "\n", to: "crontab")
        let nested = try await workplace.run(Binaries.kataControl, ["import", "crontab", "crontab"])
        #expect(nested.code == 64 && nested.output.isEmpty && nested.errors.contains("nested too deeply"), "\(nested)")
    }
}
