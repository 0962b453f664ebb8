import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl drain", .timeLimit(.minutes(10)))
struct DrainCommandTests {
    @Test("says with --dry-run what it would do and does nothing, and without it ends the daemon")
    func drains() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let dry = try await workplace.ctl("drain", "--dry-run")
        #expect(dry.code == 0 && dry.output.contains("nothing was done"), "\(dry.output)\(dry.errors)")
        let id = try await workplace.submit(["x"])[0]
        try await workplace.wait(for: id, toBe: "done")
        let drain = try await workplace.ctl("drain")
        #expect(drain.code == 0 && drain.output.contains("draining; "), "\(drain.output)\(drain.errors)")
        try await #expect(daemon.wait() == 0)
    }
}
