import Foundation
import KataTestSupport
import Testing

extension Floods {
    @Suite("A plugin in Swift", .timeLimit(.minutes(10)))
    struct OwnPluginTests {
        private let workplace: Workplace

        init() throws {
            workplace = try Workplace()
            try workplace.writeInbox(
                workers: 4, consumer: "{ plugin: '\(Binaries.directory)/mischief', kill_after: 500ms, timeout: 60s }",
                pipeline: "retry: { attempts: 2, backoff: 100h, max: 100h }")
        }

        @Test("can do what a program does: print, use the main actor, write to a broken pipe, start what reads")
        func harmless() async throws {
            try await workplace.withDaemon { daemon in
                let items = ["print", "main actor", "read", "plain", "plain", "plain", "plain"]
                let ids = try await workplace.submit(items)
                for id in ids { try await workplace.wait(for: id, toBe: "done") }
                #expect(try await workplace.job(ids[1]).attempts?.last?.output == "on the main actor")
                try await #expect(eventually { daemon.standardError.contains("notice   printed ") })
                let broken = try await workplace.submit(["broken pipe"])[0]
                try await workplace.wait(for: broken, toBe: "scheduled")
                #expect(!daemon.standardError.contains("a plugin ended"), "\(daemon.standardError)")
            }
        }

        @Test("logs with the job's id, whatever is in the metadata")
        func log() async throws {
            try await workplace.withDaemon { daemon in
                let id = try await workplace.submit(["log"])[0]
                try await workplace.wait(for: id, toBe: "done")
                let line = try #require(
                    daemon.standardError.split(separator: "\n").first { $0.contains("a warning") })
                #expect(line.contains("warning  a warning job=other request=mine\""))
                #expect(line.contains("job=\(id) "))
            }
        }

        @Test("says why an attempt failed, as a handler in the daemon does")
        func failures() async throws {
            try await workplace.withDaemon { daemon in
                let kept = try await workplace.submit(["keep"])[0]
                try await workplace.wait(for: kept, toBe: "failed")
                let attempt = try #require(try await workplace.job(kept).attempts?.last)
                #expect(attempt.output == "kept")
                #expect(attempt.error == "and failed")

                let long = try await workplace.submit(["long"])[0]
                try await workplace.wait(for: long, toBe: "failed")
                #expect(try await workplace.job(long).error?.utf8.count == 2_000)

                // At once, at the end of all time, and at no cost.
                let ids = try await workplace.submit(["past", "never", "interrupted"])
                try await workplace.wait(for: ids[0], toBe: "failed")
                try await workplace.wait(for: ids[1], toBe: "scheduled")
                try await workplace.wait(for: ids[2], toBe: "failed")
                #expect(try await workplace.job(ids[2]).error?.hasPrefix("quarantined: ") ?? false)
                #expect(!daemon.standardError.contains("a plugin ended"), "\(daemon.standardError)")
            }
        }

        @Test("reports its progress, and is cut off when its job is cancelled")
        func progress() async throws {
            try await workplace.withDaemon { daemon in
                let id = try await workplace.submit(["progress"])[0]
                try await #require(
                    eventually { try await workplace.ctl("status", "--json").output.contains("\"half\"") })
                let cancelled = try await workplace.ctl("cancel", "\(id)")
                #expect(cancelled.code == 0)
                let next = try await workplace.submit(["plain"])[0]
                try await workplace.wait(for: next, toBe: "done")
                // It heard of the cancellation, so it need not be killed.
                #expect(!daemon.standardError.contains("a plugin ended"), "\(daemon.standardError)")
            }
        }

        @Test("that crashes is named with its last words, and costs no other job")
        func crash() async throws {
            try await workplace.withDaemon { daemon in
                let ids = try await workplace.submit(["plain", "crash", "plain"])
                try await workplace.wait(for: ids[1], toBe: "failed")
                for id in [ids[0], ids[2]] { try await workplace.wait(for: id, toBe: "done") }
                let reasons = try await workplace.job(ids[1]).attempts?.compactMap(\.error) ?? []
                #expect(reasons.contains { $0.contains("Fatal error: I crash") }, "\(reasons)")
            }
        }
    }
}
