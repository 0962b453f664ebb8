import Foundation
import KataTestSupport
import Testing

/// One part of the daemon that can't work, beside others that can.
@Suite("A pipeline in trouble", .timeLimit(.minutes(20)))
struct TroubleTests {
    /// Copies each item to a file of its name.
    private static let script = "#!/bin/sh\necho done > \"$1.done\"\n"

    private func workplace() async throws -> Workplace {
        let workplace = try Workplace()
        try await workplace.writeProgram(Self.script, to: "work.sh")
        return workplace
    }

    @Test("shows that its program is gone, keeps its jobs, and goes on when the program is back")
    func missingProgram() async throws {
        let workplace = try await workplace()
        try workplace.write(
            """
            pipelines:
              work:
                queue_size: 5
                worker_count: 2
                producer: { plugin: inbox }
                consumer: { plugin: exec, command: [./work.sh, "{item}"] }
              other:
                queue_size: 5
                worker_count: 1
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try FileManager.default.moveItem(atPath: workplace.path("work.sh"), toPath: workplace.path("away.sh"))
        let socket = ["--socket", workplace.socket]
        for name in ["work", "other"] {
            let outcome = try await workplace.run(
                Binaries.kataControl, ["submit", name] + (1...20).map(String.init) + socket)
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        try await #require(eventually { try await workplace.status().pipelines[0].state == "waiting" })
        let reason = try await workplace.status().pipelines[0].reason
        #expect(reason?.contains("work.sh': No such file or directory") == true, "\(reason ?? "none")")
        try await #expect(eventually { try await workplace.status().pipelines[1].counts.done == 20 })
        let table = try await workplace.run(Binaries.kataControl, ["status"] + socket)
        #expect(table.output.contains("work.sh': No such file or directory"), "\(table.output)")

        try FileManager.default.moveItem(atPath: workplace.path("away.sh"), toPath: workplace.path("work.sh"))
        try await #expect(
            eventually { try await workplace.status().pipelines[0].counts.done == 20 })
        #expect(try await workplace.status().pipelines[0].reason == nil)
        let attempts = try await workplace.query("SELECT count(*), max(attempt), sum(state = 'failed') FROM jobs")
        #expect(attempts == "40 | 1 | 0\n")
        #expect(daemon.standardError.contains("the handler works again"))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("does not take the others with it, with --once, and its failure is told by the exit code")
    func once() async throws {
        let workplace = try await workplace()
        try workplace.write(
            """
            pipelines:
              broken:
                queue_size: 5
                worker_count: 1
                producer: { plugin: lines, path: items.txt }
                consumer: { plugin: sleep, duration: 0 }
              other:
                queue_size: 5
                item_count: 300
                worker_count: 1
                producer: { plugin: range, interval: 1ms }
                consumer: { plugin: sleep, duration: 1ms }
            """, to: "kata.yaml")
        try workplace.write("x\n", to: "items.txt")
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 0, "\(outcome.errors)")

        // What can't be read is a directory here, which no permission of root's changes.
        try FileManager.default.removeItem(atPath: workplace.path("items.txt"))
        try FileManager.default.createDirectory(
            atPath: workplace.path("items.txt"), withIntermediateDirectories: false)
        for name in ["kata.db", "kata.db-wal", "kata.db-shm"] {
            try? FileManager.default.removeItem(atPath: workplace.path(name))
        }
        let second = try await workplace.runDaemon("--once")
        #expect(second.code != 0)
        #expect(second.errors.contains("items.txt"))
        #expect(
            try await workplace.query("SELECT count(*) FROM results WHERE pipeline = 'other'") == "300\n",
            "\(second.errors)")
    }
}
