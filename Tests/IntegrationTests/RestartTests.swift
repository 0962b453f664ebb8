import Foundation
import KataTestSupport
import Testing

/// What was submitted and not done when a daemon ended is done by the next one, without anybody doing something for it.
@Suite("An inbox after a restart", .timeLimit(.minutes(10)))
struct RestartTests {
    @Test("goes on with its pending jobs, of every priority", arguments: [SIGTERM, SIGKILL])
    func pending(signal: Int32) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        let first = try await workplace.startAnsweringDaemon()
        #expect(try await workplace.ctl("pause", "mail").code == 0)
        var ids: [Int] = []
        for priority in [-3, 0, 5] {
            ids += try await workplace.submit(["item"], "--priority=\(priority)")
        }
        first.kill(signal)
        _ = try await first.wait()
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("resume", "mail").code == 0)
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
        }
    }

    @Test("does its scheduled jobs when they are due", arguments: [SIGTERM, SIGKILL])
    func scheduled(signal: Int32) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let first = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["soon"], "--in", "1s")
        first.kill(signal)
        _ = try await first.wait()
        try await workplace.withDaemon { _ in try await workplace.wait(for: ids[0], toBe: "done") }
    }

    @Test("does what was in hand and on the queue, and knows what was cut off", arguments: [SIGTERM, SIGKILL])
    func inHand(signal: Int32) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "touch began.$KATA_ITEM; until [ -e go ]; do sleep 0.02; done", queue: 2, workers: 2,
            top: "drain_timeout: 100ms")
        let first = try await workplace.startAnsweringDaemon()
        let ids = try await workplace.submit(["1", "2", "3", "4", "5", "6"])
        try await #require(eventually { FileManager.default.fileExists(atPath: workplace.path("began.2")) })
        first.kill(signal)
        _ = try await first.wait()
        try workplace.write("", to: "go")
        try await workplace.withDaemon { _ in
            for id in ids {
                try await workplace.wait(for: id, toBe: "done")
                // Cut off is not failed.
                #expect(try await workplace.job(id).attempt == 1)
            }
            #expect(try await workplace.count("results") == 6)
        }
    }
}
