import Foundation
import KataTestSupport
import Testing

/// Successes that are expected in time, and outsiders that are told of them.
@Suite("A success", .timeLimit(.minutes(10)))
struct ExpectationTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    private static let alarms = """
          alarms:
            queue_size: 10
            worker_count: 1
            producer: { plugin: inbox }
            consumer: { plugin: sleep, duration: 0 }
        """

    @Test("that is overdue is told once, in the status too, over a restart as well, until there is one")
    func overdue() async throws {
        try workplace.writeInbox(
            pipeline: "on_failure: alarms\n    expect: { success_within: 2s }", others: Self.alarms)
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await self.overdueCount() == 1 })
            try await #require(eventually { try await self.status().contains("has had no success since") })
        }
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await self.status().contains("has had no success since") })
            try await #expect(overdueCount() == 1)
            let id = try await workplace.submit(["good"])[0]
            try await workplace.wait(for: id, toBe: "done")
            // Told of that one, and then of the next time that nothing comes.
            try await #require(eventually { try await self.overdueCount() == 2 })
        }
        let first = try await workplace.query(
            "SELECT item ->> 'event', item ->> 'success_within_seconds' FROM jobs WHERE pipeline = 'alarms' LIMIT 1")
        #expect(first == "overdue | 2\n")
    }

    @Test("is expected of each entry of a schedule by itself")
    func entries() async throws {
        try workplace.write(
            """
            pipelines:
              tick:
                queue_size: 10
                worker_count: 2
                on_failure: alarms
                expect: { success_within: 4s }
                producer: { plugin: schedule, entries: { beat: { every: 1s }, rare: { cron: '0 0 29 2 *' } } }
                consumer: { plugin: sleep, duration: 0 }
            \(Self.alarms)
            """, to: "kata.yaml")
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await self.overdueCount() > 0 })
            let entries = try await workplace.query(
                "SELECT DISTINCT item ->> 'entry' FROM jobs WHERE pipeline = 'alarms'")
            #expect(entries.split(separator: "\n").contains("rare"))
        }
    }

    @Test("is told outside, once for many, and no job waits for that", .enabled(if: PingServer.isThere))
    func ping() async throws {
        let server = try await PingServer(in: workplace)
        try workplace.writeInbox(pipeline: "ping: 'http://127.0.0.1:\(server.port)/status/204'")
        let start = ContinuousClock.now
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit((1...200).map { "\($0)" })
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
            try await #require(eventually { !server.requests.isEmpty })
            #expect(server.requests[0].contains("\"GET\""))
        }
        // One at the start and one at the end, beside one in each 10 s.
        #expect(server.requests.count <= 2 + Int(start.duration(to: .now) / .seconds(10)))
    }

    @Test("whose ping is not heard keeps nobody waiting, and is said in the log")
    func unheard() async throws {
        try workplace.writeInbox(pipeline: "ping: 'http://127.0.0.1:9/'")
        let daemon = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["a", "b"])
        for id in ids { try await workplace.wait(for: id, toBe: "done") }
        try await #require(eventually { daemon.standardError.contains("the ping was not heard") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test(
        "is refused where it is expected or told in a way that can't be",
        arguments: [
            ("expect: { success_within: 10ms }", "5:31: success_within is too short, expected at least 1s"),
            (
                "expect: {}",
                "5:13: expect of pipeline 'mail' has no success_within, expected a duration of at most 365d, such as 10ms"
            ),
            ("expect: 26h", "5:13: expect of pipeline 'mail' is '26h', expected a map of keys and values"),
            ("ping: example.org", "5:11: ping is 'example.org', expected an address such as https://example.org/hook"),
            ("ping: [x]", "5:11: ping is a list, expected an address such as https://example.org/ping"),
        ])
    func faulty(key: String, line: String) async throws {
        try workplace.write(
            """
            pipelines:
              mail:
                queue_size: 10
                worker_count: 1
                \(key)
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(outcome.errors.hasPrefix("kata.yaml:\(line)"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    private func overdueCount() async throws -> Int {
        try await workplace.count("alarms WHERE kind = 'overdue'")
    }

    private func status() async throws -> String { try await workplace.ctl("status").output }
}

/// A server that notes what it is asked for.
private struct PingServer {
    let port: Int
    private let process: ChildProcess
    private let workplace: Workplace

    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    init(in workplace: Workplace) async throws {
        self.workplace = workplace
        let directory = URL(fileURLWithPath: workplace.path(""))
        let process = try ChildProcess(
            "python3", [HTTPTests.server, directory.path], environment: ["PORT": "0"], in: directory)
        try await #require(eventually { process.standardOutput.hasSuffix("\n") || process.hasEnded })
        self.process = process
        port = try #require(Int(process.standardOutput.dropLast()), "\(process.standardError)")
    }

    /// A line for each request so far.
    var requests: [String] {
        (try? workplace.read("requests").split(separator: "\n").map(String.init)) ?? []
    }
}
