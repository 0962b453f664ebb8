import Foundation
import KataTestSupport
import Testing

@Suite("Progress, checkpoints and costs of real processes", .timeLimit(.minutes(10)))
struct CheckpointTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("a checkpoint outlives a crash of the daemon, and progress is shown")
    func crash() async throws {
        try workplace.writeInbox(
            script: """
                echo "${KATA_CHECKPOINT-none}" >> seen; test -n "$KATA_CHECKPOINT" && exit 0;
                { echo progress 0.25 page 1; echo checkpoint page 1; } >&"$KATA_PROGRESS_FD"; sleep 600
                """.replacingOccurrences(of: "\n", with: " "), workers: 1, keys: "progress: true,")
        let daemon = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["x"])[0]
        try await #expect(eventually { try await workplace.query("SELECT checkpoint FROM jobs") == "page 1\n" })
        let status = try await workplace.ctl("status")
        #expect(status.output.contains("██░░░░░░░░ 25 %  page 1"), "\(status.output)")
        let jobs = try await workplace.ctl("jobs", "--json")
        #expect(
            jobs.output.contains("\"progress_fraction\" : 0.25") || jobs.output.contains("\"progress_fraction\":0.25"))
        try await workplace.crash(daemon)
        try await workplace.withDaemon { _ in
            try await workplace.wait(for: id, toBe: "done")
            #expect(try workplace.read("seen") == "none\npage 1\n")
            #expect(try await workplace.query("SELECT checkpoint IS NULL FROM jobs") == "1\n")
            let costs =
                "SELECT user_seconds + system_seconds > 0, waited_seconds >= 0, worked_seconds > 0 FROM attempts"
            #expect(try await workplace.query(costs) == "1 | 1 | 1\n")
            let described = try await workplace.ctl("jobs", "\(id)")
            #expect(described.output.contains("CPU"))
            #expect(try await workplace.ctl("status").output.contains("  cost     median/95 %: waited "))
        }
    }

    @Test("jobs without a process have no cost")
    func without() async throws {
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"])[0]
            try await workplace.wait(for: id, toBe: "done")
            #expect(
                try await workplace.query("SELECT user_seconds IS NULL AND waited_seconds IS NULL FROM attempts")
                    == "1\n")
            #expect(try await !workplace.ctl("jobs", "\(id)").output.contains("CPU"))
            #expect(try await !workplace.ctl("status").output.contains("cost"))
        }
    }

    @Test("a plugin gets its checkpoint with the job")
    func plugin() async throws {
        try await workplace.writeProgram(
            """
            #!/usr/bin/env python3
            import sys; sys.path.insert(0, "\(PluginTests.examples)")
            from kata_plugin import Failed, run_handler
            def handle(job):
                if job.checkpoint: return "from " + job.checkpoint
                job.progress("half", 0.5); job.save("page 2"); raise Failed("no", retry="10ms")
            run_handler(handle)
            """, to: "saver")
        try workplace.writeInbox(consumer: "{ plugin: ./saver }")
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["x"], "--max-attempts", "2")[0]
            try await workplace.wait(for: id, toBe: "done")
            #expect(try await workplace.job(id).attempts?.last?.output == "from page 2")
        }
    }
}
