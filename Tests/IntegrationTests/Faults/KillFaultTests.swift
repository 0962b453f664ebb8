import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("kill -9 under mixed load", .timeLimit(.minutes(180)))
    struct KillFaultTests {
        @Test("loses nothing that was acknowledged, and records nothing twice")
        func kill() async throws {
            var rounds = FaultRounds("kill -9 under mixed load", short: 6, long: 1_000)
            let workplace = try Workplace()
            try workplace.writeLoad()
            let ledger = Ledger()
            let load = MixedLoad(4, in: workplace, ledger: ledger, seed: rounds.seed)
            var verdict = Ledger.Verdict()
            var longest = Duration.zero
            for round in 1...rounds.count {
                let start = ContinuousClock.now
                let daemon = try await workplace.startAnsweringDaemon()
                longest = max(longest, ContinuousClock.now - start)
                try await verdict.add(
                    ledger.verdict(of: workplace, isAll: false), "round \(round), SEED=\(rounds.seed)")
                try await rounds.wait(milliseconds: 5...400)
                try await workplace.crash(daemon)
            }
            let last = try await workplace.startAnsweringDaemon()
            try await load.stop()
            try await #require(
                eventually { try await workplace.count("jobs WHERE state IN ('pending', 'scheduled')") == 0 },
                "not every job ends")
            last.kill(SIGTERM)
            #expect(try await last.wait() == 0, "\(last.standardError)")
            try await verdict.add(ledger.verdict(of: workplace), "in the end, SEED=\(rounds.seed)")
            try #expect(workplace.leftovers().isEmpty)
            #expect(ledger.count > 0)
            rounds.finish(
                "\(ledger.count) acknowledged, lost \(verdict.lost), twice \(verdict.twice), longest recovery \(milliseconds(longest)) ms"
            )
        }
    }
}

func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
