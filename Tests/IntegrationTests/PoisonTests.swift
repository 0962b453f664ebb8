import Foundation
import KataTestSupport
import Testing

/// A job that ends the daemon each time it is tried, as one does that takes all memory.
@Suite("A poison job", .timeLimit(.minutes(10)))
struct PoisonTests {
    private let kills = "case $KATA_ITEM in poison) kill -9 $PPID; exec sleep 1000;; esac"

    @Test("is quarantined after three interruptions, and the other jobs are done")
    func quarantine() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: kills, workers: 2)
        try await restartUntilQuiet(workplace, items: (1...20).map { $0 == 5 ? "poison" : "\($0)" })
        let failed = try await workplace.query("SELECT item, interruptions, error FROM jobs WHERE state = 'failed'")
        #expect(
            failed
                == "poison | 3 | quarantined: it was interrupted 3 times, by an end of the daemon that nobody asked for, or of what it ran in\n"
        )
        #expect(try await workplace.count("results") == 19)
    }

    @Test("is not alone when it takes its time; even so the others are done")
    func bystanders() async throws {
        let workplace = try Workplace()
        // All four are in hand each time the daemon ends.
        try workplace.writeInbox(
            script: "case $KATA_ITEM in poison) sleep 0.4; kill -9 $PPID; exec sleep 1000;; slow) sleep 1;; esac",
            workers: 4
        )
        try await restartUntilQuiet(workplace, items: ["slow", "slow", "poison", "slow"])
        let failed = try await workplace.query("SELECT item FROM jobs WHERE state = 'failed'")
        #expect(failed == "poison\n")
        #expect(try await workplace.query("SELECT item FROM results") == "slow\nslow\nslow\n")
    }

    /// Submits jobs, and starts the daemon anew as a service manager does until every job is finished.
    private func restartUntilQuiet(_ workplace: Workplace, items: [String]) async throws {
        let first = try await workplace.startAnsweringDaemon()
        let body = items.map { "{\"item\":\"\($0)\"}\n" }.joined()
        // The daemon may have ended before it answers.
        _ = try? await workplace.post(Array(body.utf8), type: "application/x-ndjson", key: "k")
        var daemon = first
        for _ in 1...12 {
            try await #require(
                eventually {
                    if daemon.hasEnded { return true }
                    return try await self.unfinished(in: workplace) == 0
                })
            if !daemon.hasEnded { break }
            daemon = try workplace.startDaemon()
        }
        #expect(!daemon.hasEnded, "the daemon is still being killed")
        #expect(try await unfinished(in: workplace) == 0)
        #expect(try await workplace.count("jobs") == items.count)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    private func unfinished(in workplace: Workplace) async throws -> Int {
        try await workplace.count("jobs WHERE state IN ('pending', 'scheduled')")
    }
}
