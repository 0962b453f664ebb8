import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A disk that fails for moments", .timeLimit(.minutes(60)))
    struct FailingDiskTests {
        @Test("neither ends the daemon nor has it lose or repeat what it has acknowledged")
        func randomFaults() async throws {
            var rounds = FaultRounds("a failing disk", short: 6, long: 200)
            let workplace = try Workplace()
            try workplace.writeInbox(consumer: "{ plugin: exec, command: ['true'] }")
            let disk = try await FaultyDisk(in: workplace)
            let daemon = try await workplace.answering(workplace.startDaemon(environment: disk.environment))
            let acknowledged = Notes<Int>()
            // Not a child of this test: where an expectation fails, nobody could wait for it any more.
            let client = Task {
                while !Task.isCancelled {
                    // No answer means that nobody knows; then it may be there or not.
                    guard let answer = try? await workplace.post(#"{"item": "x"}"#) else { continue }
                    for id in answer.ids { acknowledged.add(id) }
                }
            }
            defer { client.cancel() }
            for _ in 1...rounds.count {
                let before = acknowledged.all.count
                let more = rounds.random(0...49)
                try await #require(eventually { acknowledged.all.count > before + more })
                try disk.set(FaultyDisk.Faults(rawValue: UInt8(rounds.random(1...7))))
                // Until it was noticed, or for a while in which it may go unnoticed.
                let moments = rounds.random(0...19)
                var asked = 0
                try await #require(
                    eventually {
                        asked += 1
                        if asked > moments { return true }
                        return try await isFailing(workplace)
                    })
                try disk.set([])
                try await #require(eventually { try await isFailing(workplace) == false })
            }
            client.cancel()
            await client.value
            let pending = "SELECT count(*) FROM jobs WHERE state = 'pending'"
            try await #require(eventually { try await workplace.query(pending) == "0\n" })
            daemon.kill(SIGTERM)
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
            let done = try await workplace.query("SELECT job_id FROM jobs WHERE state = 'done'")
            let ids = Set(done.split(separator: "\n").compactMap { Int($0) })
            #expect(Set(acknowledged.all).subtracting(ids).isEmpty, "SEED=\(rounds.seed)")
            let troubled = "SELECT count(*) FROM jobs WHERE state <> 'done' OR attempt > 1 OR interruptions > 0"
            #expect(try await workplace.query(troubled) == "0\n", "SEED=\(rounds.seed)")
            let extra = "SELECT count(*) - (SELECT count(*) FROM jobs) FROM results"
            #expect(try await workplace.query(extra) == "0\n", "SEED=\(rounds.seed)")
            #expect(try await workplace.query("PRAGMA integrity_check") == "ok\n", "SEED=\(rounds.seed)")
            rounds.finish("\(acknowledged.all.count) acknowledged, lost 0, twice 0, one daemon")
        }

        private func isFailing(_ workplace: Workplace) async throws -> Bool {
            try await workplace.request("GET", "/readyz").status != 200
        }
    }
}
