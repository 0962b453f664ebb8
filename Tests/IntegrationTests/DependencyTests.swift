import Foundation
import KataTestSupport
import Testing

@Suite("Jobs submitted with --after", .timeLimit(.minutes(10)))
struct DependencyTests {
    @Test("wait for the others over a restart, and are cancelled if one is")
    func waits() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        var daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #expect(workplace.ctl("pause", "mail").code == 0)
        let roots = try await workplace.submit(["good", "bad"])
        let first = try await workplace.submit(["first"], to: "mail", "--after", "\(roots[0])", "--priority", "0")[0]
        let second = try await workplace.submit(["second"], to: "mail", "--after", "\(roots[1])", "--priority", "0")[0]
        let third = try await workplace.submit(["third"], to: "mail", "--after", "\(second)", "--priority", "0")[0]
        for id in [first, second, third] { try await #expect(workplace.job(id).state == "waiting") }
        daemon.kill(SIGKILL)
        _ = try await daemon.wait()
        daemon = try workplace.startDaemon()
        try await #expect(eventually { try await workplace.ctl("cancel", "\(roots[1])").code == 0 })
        try await #expect(workplace.ctl("resume", "mail").code == 0)
        try await workplace.wait(for: first, toBe: "done")
        for id in [second, third] { try await #expect(workplace.job(id).state == "cancelled") }
        let items = try await workplace.query("SELECT item FROM results")
        #expect(items == "good\nfirst\n")
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
    }
}
