import Foundation
import KataTestSupport
import Testing

/// The protocol of `sd_notify(3)`, seen on the wire.
@Suite("To a service manager the daemon")
struct ServiceManagerTests {
    @Test("says that it is ready once its socket answers", arguments: ["path", "@abstract"])
    func ready(kind: String) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let name = kind == "path" ? workplace.path("notify") : "@kata-\(UUID().uuidString)"
        let manager = try NotifySocket(name)
        let daemon = try workplace.startDaemon(environment: ["NOTIFY_SOCKET": name])
        let message = try await manager.next(having: "READY")
        #expect(message.fields["READY"] == "1")
        #expect(message.fields["STATUS"]?.isEmpty == false)
        #expect(try await workplace.control("status", "--socket", workplace.socket).code == 0)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("says that it stops when it drains")
    func stopping() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let manager = try NotifySocket(workplace.path("notify"))
        let daemon = try workplace.startDaemon(environment: ["NOTIFY_SOCKET": workplace.path("notify")])
        #expect(try await manager.next(having: "READY").fields["READY"] == "1")
        daemon.kill(SIGTERM)
        #expect(try await manager.next(having: "STOPPING", "READY").fields["STOPPING"] == "1")
        #expect(try await daemon.wait() == 0)
    }

    @Test("says when it reloads and when it is ready again", arguments: [true, false])
    func reloading(isConfigurationSound: Bool) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let manager = try NotifySocket(workplace.path("notify"))
        let daemon = try workplace.startDaemon(environment: ["NOTIFY_SOCKET": workplace.path("notify")])
        #expect(try await manager.next(having: "READY").fields["READY"] == "1")
        if !isConfigurationSound { try workplace.write("pipelines: {}\n", to: "kata.yaml") }

        let before = monotonicMicroseconds()
        daemon.kill(SIGHUP)
        let reloading = try await manager.next(having: "RELOADING", "READY").fields
        #expect(reloading["RELOADING"] == "1")
        let time = try #require(reloading["MONOTONIC_USEC"].flatMap(UInt64.init))
        #expect((before...monotonicMicroseconds()).contains(time))
        let ready = try await manager.next(having: "READY", "RELOADING").fields
        #expect(ready["READY"] == "1")
        #expect(ready["STATUS"]?.contains("refused") == !isConfigurationSound)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("asks for more time while it drains")
    func extending() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 1, interval: "0", duration: "1h", top: "drain_timeout: 1h")
        let manager = try NotifySocket(workplace.path("notify"))
        let daemon = try workplace.startDaemon(environment: ["NOTIFY_SOCKET": workplace.path("notify")])
        #expect(try await manager.next(having: "READY").fields["READY"] == "1")
        try await #require(eventually { try await workplace.status().pipelines[0].counts.running == 1 })
        daemon.kill(SIGTERM)
        #expect(try await manager.next(having: "STOPPING").fields["STATUS"] == "Draining")
        let time = try await manager.next(having: "EXTEND_TIMEOUT_USEC").fields["EXTEND_TIMEOUT_USEC"]
        #expect(try #require(time.flatMap(Int.init)) > 0)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("gives signs of life when it is asked for them")
    func watchdog() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let manager = try NotifySocket(workplace.path("notify"))
        let daemon = try workplace.startDaemon(
            environment: ["NOTIFY_SOCKET": workplace.path("notify"), "WATCHDOG_USEC": "100000"]
        )
        for _ in 1...3 {
            #expect(try await manager.next(having: "WATCHDOG").fields["WATCHDOG"] == "1")
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("gives no signs of life that another process is asked for")
    func othersWatchdog() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let manager = try NotifySocket(workplace.path("notify"))
        let daemon = try workplace.startDaemon(
            environment: ["NOTIFY_SOCKET": workplace.path("notify"), "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"]
        )
        #expect(try await manager.next(having: "READY").fields["READY"] == "1")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        while let message = manager.receive() { #expect(message.fields["WATCHDOG"] == nil) }
    }

    @Test("does its work even if nobody listens")
    func nobody() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 3, interval: "0", duration: "0")
        let outcome = try await workplace.runDaemon(
            "--once", environment: ["NOTIFY_SOCKET": workplace.path("nobody"), "WATCHDOG_USEC": "1000"]
        )
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try await Recorded(in: workplace).isComplete(items: 3))
    }

    @Test("marks its log lines with their priority if they go to the journal")
    func journal() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 1, interval: "0", duration: "0", top: "log_level: debug")
        // What stands in JOURNAL_STREAM is the file that standard error is; only the process itself can know that.
        let script = #"export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) && exec "$0" "$@""#
        let outcome = try await workplace.run("sh", ["-c", script, Binaries.katad, "--config", "kata.yaml", "--once"])
        #expect(outcome.code == 0)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("<6>run started") })
        #expect(lines.contains { $0.hasPrefix("<7>produced") })
        #expect(lines.allSatisfy { $0.hasPrefix("<") })
    }

    @Test("writes plain log lines if the journal is somewhere else")
    func noJournal() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let outcome = try await workplace.runDaemon("--once", environment: ["JOURNAL_STREAM": "1:1"])
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("run started"))
        #expect(!outcome.errors.contains("<6>"))
    }

    private func monotonicMicroseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}
