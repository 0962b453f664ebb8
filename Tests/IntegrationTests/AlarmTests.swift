import Foundation
import KataTestSupport
import Testing

/// Pipelines that are told of the jobs of others.
@Suite("A pipeline that is told of another one", .timeLimit(.minutes(10)))
struct AlarmTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    private static let alarms = """
          alarms:
            queue_size: 10
            worker_count: 1
            producer: { plugin: inbox }
            consumer: { plugin: exec, shell: true, command: 'printf "%s\\n" "$KATA_ITEM" >> alarms.txt' }
        """

    @Test("gets a job for each failure and for the first success, which it does at once, and SQL shows them")
    func told() async throws {
        try workplace.writeInbox(
            script: "test \"$KATA_ITEM\" != bad", workers: 1, pipeline: "on_failure: alarms\n    on_recovery: alarms",
            others: Self.alarms)
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["bad", "good", "good"])
            try await workplace.wait(for: ids[2], toBe: "done")
            try await #require(eventually { (try? self.lines().count) == 2 })
            let events = try lines().map { $0["event"] as? String }
            #expect(events == ["failure", "recovery"])
            #expect(try lines()[0]["id"] as? Int == ids[0])
            #expect(try lines()[0]["reason"] as? String == "exited with 1")
            #expect(try lines()[1]["failed_job"] as? Int == ids[0])
            let view = try await workplace.query("SELECT pipeline, kind, about, jobs FROM alarms")
            #expect(view == "alarms | failure | mail | 1\nalarms | recovery | mail | 1\n")
        }
    }

    @Test("that gathers failures tells of the first at once, and of all others in one job")
    func gathered() async throws {
        try workplace.writeInbox(
            script: "exit 65", workers: 4, pipeline: "on_failure: { pipeline: alarms, every: 1h }", others: Self.alarms)
        try await workplace.withDaemon { _ in
            let first = try await workplace.submit(["bad"])
            try await workplace.wait(for: first[0], toBe: "failed")
            let ids = try await workplace.submit((1...200).map { "bad \($0)" })
            for id in ids { try await workplace.wait(for: id, toBe: "failed") }
            try await #expect(workplace.count("jobs WHERE pipeline = 'alarms'") == 2)
            let waiting = try await workplace.query(
                "SELECT item ->> 'count', json_array_length(item -> 'examples') FROM jobs WHERE pipeline = 'alarms' AND state = 'scheduled'"
            )
            #expect(waiting == "200 | 5\n")
        }
    }

    @Test("is told by a reloaded configuration, too, and gets what was added while it was gone")
    func reloaded() async throws {
        try workplace.writeInbox(script: "exit 65", pipeline: "on_failure: alarms", others: Self.alarms)
        try await workplace.withDaemon { daemon in
            try workplace.writeInbox(
                script: "exit 65", pipeline: "on_failure: alarms",
                others: Self.alarms.replacing("worker_count: 1", with: "worker_count: 2"))
            daemon.kill(SIGHUP)
            let ids = try await workplace.submit((1...20).map { "\($0)" })
            try await #require(eventually { (try? self.lines().count) == 20 })
            #expect(Set(try lines().compactMap { $0["id"] as? Int }) == Set(ids))
        }
    }

    @Test(
        "is refused where the fault stands",
        arguments: [
            ("on_failure: alarm", "5:17: on_failure is 'alarm', which is no pipeline, did you mean 'alarms'?"),
            ("on_failure: mail", "5:17: on_failure is 'mail', which is the pipeline itself, expected another one"),
            (
                "on_recovery: numbers",
                "5:18: on_recovery is 'numbers', which takes no jobs, expected one with producer: { plugin: inbox }"
            ),
            (
                "on_failure: { pipeline: back, every: 10m }",
                "5:29: on_failure is 'back', which leads back here (mail, back, mail), expected a pipeline that tells nobody in turn"
            ),
            (
                "on_failure: { pipeline: alarms, every: 10ms }",
                "5:44: every is too short, expected at least 1s"
            ),
            (
                "on_failure: { pipeline: alarms, evry: 10m }",
                "5:37: unknown key 'evry' in on_failure of pipeline 'mail', did you mean 'every'?"
            ),
            (
                "on_failure: [alarms]",
                "5:17: on_failure is a list, expected the name of a pipeline, or { pipeline: NAME, every: 10m }"
            ),
        ])
    func faulty(keys: String, line: String) async throws {
        let back = keys.contains("back") ? "on_failure: mail" : "# nothing"
        try workplace.write(
            """
            pipelines:
              mail:
                queue_size: 10
                worker_count: 1
                \(keys)
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
              numbers:
                queue_size: 10
                worker_count: 1
                item_count: 1
                producer: { plugin: range }
                consumer: { plugin: sleep, duration: 0 }
              back:
                queue_size: 10
                worker_count: 1
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
                \(back)
            \(Self.alarms)
            """, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(outcome.errors.split(separator: "\n").first.map(String.init) == "kata.yaml:\(line)")
    }

    /// What the pipeline was told, in order.
    private func lines() throws -> [[String: Any]] {
        try workplace.read("alarms.txt").split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }
}
