import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("Signals, and starts at once", .timeLimit(.minutes(180)))
    struct SignalFaultTests {
        @Test("SIGTERM at any moment of a start ends it well, and loses nothing")
        func terminate() async throws {
            var rounds = FaultRounds("SIGTERM", short: 10, long: 1_000)
            let workplace = try Workplace()
            try workplace.writeLoad()
            let ledger = Ledger()
            let load = MixedLoad(2, in: workplace, ledger: ledger, seed: rounds.seed)
            var early = 0
            for round in 1...rounds.count {
                let daemon = try workplace.startDaemon()
                try await rounds.wait(milliseconds: 0...400)
                daemon.kill(SIGTERM)
                let code = try await daemon.wait()
                // Before its first instruction the kernel ends it.
                if code == -SIGTERM {
                    early += 1
                    #expect(daemon.standardError.isEmpty, "round \(round), SEED=\(rounds.seed)")
                } else {
                    #expect(code == 0, "round \(round), SEED=\(rounds.seed): \(daemon.standardError)")
                }
            }
            let last = try await workplace.startAnsweringDaemon()
            try await load.stop()
            last.kill(SIGTERM)
            #expect(try await last.wait() == 0)
            var verdict = Ledger.Verdict()
            try await verdict.add(ledger.verdict(of: workplace), "SEED=\(rounds.seed)")
            rounds.finish(
                "\(ledger.count) acknowledged, lost \(verdict.lost), twice \(verdict.twice), \(early) before the signal is caught"
            )
        }

        @Test("SIGHUP, with a configuration that is right or wrong, keeps the daemon at work")
        func reload() async throws {
            var rounds = FaultRounds("SIGHUP", short: 25, long: 1_000)
            let workplace = try Workplace()
            try workplace.writeLoad()
            let right = try workplace.read("kata.yaml")
            let ledger = Ledger()
            let daemon = try await workplace.startAnsweringDaemon()
            let load = MixedLoad(2, in: workplace, ledger: ledger, seed: rounds.seed)
            for _ in 1...rounds.count {
                switch rounds.random(0...2) {
                case 0: try workplace.write(right + "\nwrong: 1\n", to: "kata.yaml")
                case 1:
                    let workers = "worker_count: \(rounds.random(2...6))"
                    try workplace.write(right.replacing("worker_count: 4", with: workers), to: "kata.yaml")
                default: try workplace.write(right, to: "kata.yaml")
                }
                daemon.kill(SIGHUP)
                try await rounds.wait(milliseconds: 0...30)
            }
            try await load.stop()
            #expect(try await workplace.request("GET", "/v1/status").status == 200, "\(daemon.standardError)")
            daemon.kill(SIGTERM)
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
            var verdict = Ledger.Verdict()
            try await verdict.add(ledger.verdict(of: workplace), "SEED=\(rounds.seed)")
            rounds.finish("\(ledger.count) acknowledged, lost \(verdict.lost), twice \(verdict.twice), one daemon")
        }

        @Test("exactly one of many starts at once works, the others end with 75")
        func starts() async throws {
            let rounds = FaultRounds("starts at once", short: 1, long: 10)
            let many = FaultRounds.isLong ? 50 : 10
            for _ in 1...rounds.count {
                let workplace = try Workplace()
                try workplace.writeLoad()
                let daemons = try (1...many).map { _ in try workplace.startDaemon() }
                try await #require(eventually { daemons.count { $0.hasEnded } == many - 1 })
                let winner = try #require(daemons.first { !$0.hasEnded })
                _ = try await workplace.answering(winner)
                winner.kill(SIGTERM)
                var codes: [Int32: Int] = [:]
                for daemon in daemons { try await codes[daemon.wait(), default: 0] += 1 }
                #expect(codes == [0: 1, 75: many - 1])
            }
            rounds.finish("each time one of \(many) worked, the others ended with 75")
        }
    }
}
