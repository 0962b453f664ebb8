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

    @Test("are tried again after the one that they waited for with --with-dependents")
    func retriedWith() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            try await #expect(workplace.ctl("pause", "mail").code == 0)
            let root = try await workplace.submit(["root"])[0]
            let first = try await workplace.submit(["first"], to: "mail", "--after", "\(root)")[0]
            let second = try await workplace.submit(["second"], to: "mail", "--after", "\(first)", "--priority", "9")[0]
            let other = try await workplace.submit(["other"])[0]
            for job in [root, other] { try await #expect(workplace.ctl("cancel", "\(job)").code == 0) }
            let retry = try await workplace.ctl("retry", "\(root)", "--with-dependents")
            #expect((retry.code, retry.errors) == (0, ""))
            for job in [first, second] { try await #expect(workplace.job(job).state == "waiting") }
            try await #expect(workplace.job(other).state == "cancelled")
            try await #expect(workplace.ctl("resume", "mail").code == 0)
            try await workplace.wait(for: second, toBe: "done")
            #expect(try await workplace.query("SELECT item FROM results") == "root\nfirst\nsecond\n")

            let refused = try await workplace.ctl("retry", "--failed", "mail", "--with-dependents")
            #expect(refused.code == 64)
            let odd = try await workplace.request("POST", "/v1/jobs/\(other)/retry?with_dependents=yes")
            #expect(odd.status == 400)
        }
    }
}
