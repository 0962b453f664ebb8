import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A clock that is set", .timeLimit(.minutes(180)))
    struct ClockFaultTests {
        @Test("ahead and back, by seconds or years, loses nothing and stalls nothing")
        func steps() async throws {
            var rounds = FaultRounds("clock steps", short: 4, long: 200)
            let workplace = try Workplace()
            try workplace.writeLoad()
            let clock = try await ShiftedClock(in: workplace)
            let ledger = Ledger()
            var daemon = try await workplace.answering(workplace.startDaemon(environment: clock.environment))
            let load = MixedLoad(2, in: workplace, ledger: ledger, seed: rounds.seed)
            for _ in 1...rounds.count {
                let size = [5, 3_600, 86_400 * 3, 86_400 * 700][rounds.random(0...3)]
                try clock.set(seconds: Int64(rounds.random(-size...size)))
                try await rounds.wait(milliseconds: 50...300)
                if rounds.random(0...4) == 0 {
                    // With a kill, what was not answered would be sent again, under a key that 24 hours of the clock may have ended.
                    daemon.kill(SIGTERM)
                    #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
                    daemon = try await workplace.answering(workplace.startDaemon(environment: clock.environment))
                }
            }
            try clock.set(seconds: 0)
            try await load.stop()
            // A step that is undone before anybody looks is noticed by the next start.
            daemon.kill(SIGTERM)
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
            daemon = try await workplace.answering(workplace.startDaemon(environment: clock.environment))
            try await #require(
                eventually { try await workplace.count("jobs WHERE state IN ('pending', 'scheduled')") == 0 },
                "SEED=\(rounds.seed): not every job ends")
            daemon.kill(SIGTERM)
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
            var verdict = Ledger.Verdict()
            try await verdict.add(ledger.verdict(of: workplace), "SEED=\(rounds.seed)")
            rounds.finish("\(ledger.count) acknowledged, lost \(verdict.lost), twice \(verdict.twice)")
        }
    }
}
