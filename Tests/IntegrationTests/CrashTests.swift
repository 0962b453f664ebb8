import Foundation
import KataTestSupport
import Testing

/// kill -9, as the kernel does it when memory runs out.
@Suite("A crash")
struct CrashTests {
    @Test("at random moments loses nothing and records nothing twice")
    func randomMoments() async throws {
        var generator = SeededGenerator(seed: 9)
        let workplace = try Workplace()
        let items = 50 * rounds(20)
        try workplace.writeKata(
            items: items, workers: 6, interval: "1ms", duration: "3ms",
            // An item that happens to be in hand at several kills is not to be taken for the reason of them.
            pipeline: "interruptions: 1000\n    export: live.txt")
        // Those that follow may be killed before they have opened a database. There is one.
        try await workplace.crash(workplace.startAnsweringDaemon())
        for _ in 1...rounds(20) {
            let daemon = try workplace.startDaemon()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &generator)))
            daemon.kill(SIGKILL)
            _ = try await daemon.wait()
        }
        let finished = try await workplace.query("SELECT count(finished_at) FROM runs") == "1\n"
        if !finished { #expect(try await workplace.runDaemon("--once").code == 0) }

        #expect(try await Recorded(in: workplace).isComplete(items: items))
        #expect(try await workplace.query("SELECT count(*) FROM runs") == "1\n")
        #expect(try await workplace.query("PRAGMA integrity_check") == "ok\n")
        #expect(try await workplace.query("SELECT count(*) FROM jobs WHERE state = 'done'") == "\(items)\n")
        let results = try await workplace.query("SELECT consumer_id, item FROM results")
        #expect(try workplace.read("live.txt") == results)
    }

    @Test("leaves a lock and a socket that the next daemon takes over")
    func leftovers() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 0)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        daemon.kill(SIGKILL)
        #expect(try await daemon.wait() == -SIGKILL)
        #expect(FileManager.default.fileExists(atPath: workplace.socket))

        let next = try workplace.startDaemon()
        try await #require(eventually { try await workplace.control("status", "--socket", workplace.socket).code == 0 })
        next.kill(SIGTERM)
        #expect(try await next.wait() == 0, "\(next.standardError)")
    }
}
