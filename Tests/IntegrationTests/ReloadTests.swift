import Foundation
import KataTestSupport
import Testing

/// SIGHUP, as an administrator or a service manager sends it after a change.
@Suite("A reload")
struct ReloadTests {
    @Test("takes over other figures in the middle of a run, and loses nothing")
    func figures() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(queue: 5, items: 300, workers: 2, interval: "1ms", duration: "10ms")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].counts.done > 10 })
        try workplace.writeKata(queue: 7, items: 300, workers: 9, interval: "0", duration: "5ms")
        daemon.kill(SIGHUP)
        try await #require(eventually { try await workplace.status().pipelines[0].queue.size == 7 })
        #expect(try await workplace.status().pipelines[0].consumers.count == 9)
        try await #require(eventually { try await workplace.status().pipelines[0].run?.finished == true })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(try await Recorded(in: workplace).isComplete(items: 300))
        #expect(try await workplace.query("SELECT count(*) FROM runs") == "1\n")
    }

    @Test("of a faulty configuration is refused with its faults, and the old one stays")
    func faulty() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 200, workers: 2, interval: "1ms", duration: "5ms")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let faulty = FaultyConfiguration.sound.replacingOccurrences(of: "queue_size: 50", with: "queue_size: ten")
        try workplace.write(faulty, to: "kata.yaml")
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("configuration refused") })
        #expect(
            daemon.standardError.contains(
                "kata.yaml:3:17: queue_size is 'ten', expected a whole number from 1 to 1000000"
            )
        )
        try await #require(eventually { try await workplace.status().pipelines[0].run?.finished == true })
        #expect(try await workplace.status().pipelines[0].consumers.count == 2)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(try await Recorded(in: workplace).isComplete(items: 200))
    }

    @Test("of a configuration that is gone is refused, and the old one stays")
    func gone() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try FileManager.default.removeItem(atPath: workplace.path("kata.yaml"))
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("configuration refused") })
        #expect(try await workplace.status().state == "running")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("starts pipelines that are new, and ends those that are not there any more")
    func pipelines() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let old = try workplace.read("kata.yaml")
        let added = """

              added:
                queue_size: 1
                item_count: 3
                worker_count: 1
                producer: { plugin: range }
                consumer: { plugin: sleep, duration: 0 }
            """
        try workplace.write(old + added, to: "kata.yaml")
        daemon.kill(SIGHUP)
        try await #require(
            eventually {
                let pipelines = try await workplace.status().pipelines
                return pipelines.count == 2 && pipelines[1].run?.finished == true
            }
        )
        try workplace.write(old, to: "kata.yaml")
        daemon.kill(SIGHUP)
        try await #require(eventually { try await workplace.status().pipelines.count == 1 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(try await workplace.query("SELECT item FROM results WHERE pipeline = 'added'") == "0\n1\n2\n")
    }

    @Test("takes over the log level without touching a run")
    func logLevel() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 100_000, workers: 1, interval: "1ms", duration: "1ms")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try workplace.writeKata(items: 100_000, workers: 1, interval: "1ms", duration: "1ms", top: "log_level: debug")
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("produced") })
        #expect(!daemon.standardError.contains("drained"))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("takes over drain_timeout")
    func drainTimeout() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 3, workers: 1, interval: "0", duration: "1h", top: "drain_timeout: 2h")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.query("SELECT count(*) FROM jobs") == "3\n" })
        try workplace.writeKata(items: 3, workers: 1, interval: "0", duration: "1h", top: "drain_timeout: 1ms")
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("configuration reloaded") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(try await workplace.query("SELECT DISTINCT state, attempt FROM jobs") == "pending | 1\n")
    }

    @Test(
        "that changes what is only read at the start is refused as a whole",
        arguments: [
            "ui: true", "metrics: { listen: 127.0.0.1:9464 }", "database: other.db", "socket: other.sock",
            "socket_mode: 0660", "database_group: \(anyGroup())",
            // With the mode that it brings it would be two keys.
            "socket_mode: 0600\nsocket_group: \(anyGroup())",
        ])
    func onlyAtTheStart(_ line: String) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0, workers: 2)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try workplace.writeKata(items: 0, workers: 3, top: line)
        daemon.kill(SIGHUP)
        let refusal = "configuration refused, the old one stays"
        try await #require(
            eventually { daemon.standardError.contains(refusal) || daemon.standardError.contains("reloaded") })
        let key = try #require(line.split(separator: "\n").last).prefix { $0 != ":" }
        #expect(daemon.standardError.contains("\(key) is only read at the start and would change; restart katad"))
        #expect(try await workplace.status().pipelines.map(\.consumers.count) == [2], "nothing of it was taken over")
        #expect(!FileManager.default.fileExists(atPath: workplace.path("other.db")))
        // The configuration that the daemon has is still one that it takes.
        try workplace.writeKata(items: 0, workers: 4)
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("configuration reloaded") })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("whose pipeline can't start leaves a daemon that still ends")
    func failure() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try workplace.writeKata(items: 0, pipeline: "export: missing/live.txt")
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("missing/live.txt") || daemon.hasEnded })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() >= 0)
        #expect(daemon.standardError.contains("missing/live.txt"))
    }

    @Test("that takes away a pipeline which an earlier one has changed leaves nothing behind")
    func overlapping() async throws {
        let workplace = try Workplace()
        func write(_ pipelines: [(name: String, workers: Int)]) throws {
            let text = pipelines.map { name, workers in
                """
                  \(name):
                    queue_size: 5
                    item_count: 3
                    worker_count: \(workers)
                    producer: { plugin: range }
                    consumer: { plugin: sleep, duration: 1h }
                """
            }
            try workplace.write(
                "drain_timeout: 1h\npipelines:\n" + text.joined(separator: "\n") + "\n", to: "kata.yaml")
        }
        try write([("stays", 1), ("goes", 1)])
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines.count { $0.counts.running == 1 } == 2 })

        // Changed, and removed while it still drains for that.
        try write([("stays", 1), ("goes", 2)])
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("configuration reloaded") })
        try write([("stays", 1)])
        daemon.kill(SIGHUP)
        try await #require(
            eventually { daemon.standardError.components(separatedBy: "configuration reloaded").count == 3 })
        #expect(try await workplace.status().pipelines.map(\.state) == ["running", "draining"])

        // The second signal reaches the one that is on its way out as well.
        daemon.kill(SIGTERM)
        try await #require(eventually { try await workplace.status().state == "draining" })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        #expect(daemon.standardError.components(separatedBy: "drained cut_off=1").count == 3)
    }
}

/// The name of a group that there is.
private func anyGroup() -> String {
    getgrgid(getgid()).flatMap { String(validatingCString: $0.pointee.gr_name) } ?? "root"
}
