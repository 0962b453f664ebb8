import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl scale", .timeLimit(.minutes(10)))
struct ScaleTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
    }

    @Test("changes the number of workers until the next start, and refuses what is no number of workers")
    func scales() async throws {
        try workplace.writeInbox(workers: 2)
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for count in [5, 1] {
            let outcome = try await workplace.ctl("scale", "mail", "\(count)")
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.output == "pipeline mail: \(count == 1 ? "1 worker" : "\(count) workers")\n")
            try await #expect(eventually { try await workplace.status().pipelines[0].consumers.count == count })
        }
        for count in ["0", "10001", "x"] { try await #expect(workplace.ctl("scale", "mail", count).code != 0) }
        try await #expect(workplace.ctl("scale", "nobody", "2").code != 0)
        let id = try await workplace.submit(["x"])[0]
        try await workplace.wait(for: id, toBe: "done")
        daemon.kill(SIGTERM)
        try await #expect(daemon.wait() == 0)
    }
}
