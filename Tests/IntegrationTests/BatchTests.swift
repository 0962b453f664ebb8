import Foundation
import KataTestSupport
import Testing

@Suite("Jobs submitted with --then", .timeLimit(.minutes(10)))
struct BatchTests {
    @Test("are followed by one more, once all of them are done")
    func then() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try await workplace.startAnsweringDaemon()
        try await #expect(workplace.ctl("pause", "mail").code == 0)
        // More than one chunk.
        let lines = (1...2_500).map { "{\"item\": \"\($0)\"}" }.joined(separator: "\n")
        try workplace.write(lines, to: "jobs.ndjson")
        let arguments = ["--file", "jobs.ndjson", "--then", "last", "--idempotency-key", "batch"]
        let ids = try await submit(arguments, in: workplace)
        #expect(ids.count == 2_501)
        let last = try #require(ids.last)
        try await #expect(workplace.job(last).state == "waiting")
        try await #expect(submit(arguments, in: workplace) == ids, "the same request adds nothing")
        try await #expect(workplace.ctl("resume", "mail").code == 0)
        try await workplace.wait(for: last, toBe: "done")
        try await #expect(
            workplace.query("SELECT count(*) FROM results WHERE item <> 'last'") == "2500\n")
        try await #expect(
            workplace.query("SELECT item FROM results LIMIT 1 OFFSET 2500") == "last\n", "no job came after it")
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
    }

    @Test("are followed by it whatever becomes of them, if it is said so", arguments: ["done", "finished"])
    func failed(when: String) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try await workplace.startAnsweringDaemon()
        try await #expect(workplace.ctl("pause", "mail").code == 0)
        let ids = try await submit(["a", "b", "--then", "c", "--when", when], in: workplace)
        try await #expect(workplace.ctl("cancel", "\(ids[0])").code == 0)
        try await #expect(workplace.ctl("resume", "mail").code == 0)
        try await workplace.wait(for: ids[1], toBe: "done")
        try await workplace.wait(for: ids[2], toBe: when == "done" ? "cancelled" : "done")
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
    }

    private func submit(_ arguments: [String], in workplace: Workplace) async throws -> [Int] {
        let socket = ["--socket", workplace.socket]
        let outcome = try await workplace.run(Binaries.kataControl, ["submit", "mail"] + arguments + socket)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").compactMap { Int($0) }
    }
}
