import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A disk", .timeLimit(.minutes(180)))
    struct DiskFaultTests {
        @Test("that is full for a while loses nothing", arguments: FaultDisk.Kind.allCases)
        func full(kind: FaultDisk.Kind) async throws {
            var rounds = FaultRounds("full \(kind)", short: 1, long: 20)
            let workplace = try Workplace()
            try workplace.writeLoad()
            guard let disk = try await FaultDisk(kind, in: workplace) else { return }
            let ledger = Ledger()
            let database = "\(disk.folder)/kata.db"
            let daemon = try await workplace.answering(workplace.startDaemon("--database", database))
            let load = MixedLoad(4, in: workplace, ledger: ledger, seed: rounds.seed, itemSize: 2_000)
            for _ in 1...rounds.count {
                try await rounds.wait(milliseconds: 20...300)
                try await disk.fill()
                let store = { try await workplace.request("GET", "/v1/status").object["store"] as? [String: Any] }
                try await #require(
                    eventually {
                        if daemon.hasEnded { return true }
                        return try await store()?["state"] as? String == "full"
                    })
                try await rounds.wait(milliseconds: 20...1_000)
                try disk.makeRoom()
                try await #require(
                    eventually {
                        if daemon.hasEnded { return true }
                        return try await store()?["state"] as? String ?? "ok" == "ok"
                    })
                try #require(!daemon.hasEnded, "\(daemon.standardError)")
            }
            try await load.stop()
            daemon.kill(SIGTERM)
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
            var verdict = Ledger.Verdict()
            try await verdict.add(ledger.verdict(of: workplace, database: database), "SEED=\(rounds.seed)")
            rounds.finish("\(ledger.count) acknowledged, lost \(verdict.lost), twice \(verdict.twice), one daemon")
        }

        @Test("whose power is cut keeps what was acknowledged", arguments: [FaultDisk.Kind.ext4, .xfs])
        func powerCut(kind: FaultDisk.Kind) async throws {
            var rounds = FaultRounds("power cut, \(kind)", short: 1, long: 100)
            guard let cuts = try await cutPower(kind, &rounds, environment: [:]) else { return }
            #expect(cuts.verdict.lost == 0 && cuts.verdict.twice == 0 && cuts.refused == 0, "SEED=\(rounds.seed)")
            #expect(cuts.verdict.faults.isEmpty, "SEED=\(rounds.seed)")
            rounds.finish(cuts.description)
        }

        /// The rounds before could pass because the power is not cut, or because nothing was under way.
        @Test(
            "whose power is cut loses acknowledged jobs where the log is not synced",
            arguments: [FaultDisk.Kind.ext4, .xfs])
        func control(kind: FaultDisk.Kind) async throws {
            var rounds = FaultRounds("power cut without syncs of the log, \(kind)", short: 1, long: 10)
            let workplace = try Workplace()
            let library = try await workplace.buildLibrary("no-log-sync")
            guard let cuts = try await cutPower(kind, &rounds, environment: ["LD_PRELOAD": library]) else { return }
            // A single round may be one in which the kernel had just written all of it.
            #expect(cuts.verdict.lost > 0 || !FaultRounds.isLong, "SEED=\(rounds.seed)")
            rounds.finish(cuts.description)
        }

        private struct Cuts {
            var acknowledged = 0
            var refused = 0
            var verdict = Ledger.Verdict()
            var longest = Duration.zero

            var description: String {
                "\(acknowledged) acknowledged, lost \(verdict.lost), twice \(verdict.twice), next starts refused \(refused), "
                    + "longest recovery \(milliseconds(longest)) ms"
            }
        }

        /// - Returns: `nil` where there is no such disk.
        private func cutPower(
            _ kind: FaultDisk.Kind, _ rounds: inout FaultRounds, environment: [String: String]
        ) async throws -> Cuts? {
            let workplace = try Workplace()
            try workplace.writeLoad()
            guard let disk = try await FaultDisk(kind, in: workplace) else { return nil }
            let database = "\(disk.folder)/kata.db"
            var cuts = Cuts()
            for round in 1...rounds.count {
                let ledger = Ledger()
                let daemon = try await workplace.answering(
                    workplace.startDaemon("--database", database, environment: environment))
                let load = MixedLoad(
                    4, in: workplace, ledger: ledger, seed: rounds.seed &+ UInt64(round) * 100, isMixed: false)
                try await rounds.wait(milliseconds: 100...900)
                // As a power cut does, it stops the daemon first. Otherwise the sync that is under way may return without an error on
                // ext4 although the disk has nothing of it, as with any program that appends and syncs.
                daemon.kill(SIGSTOP)
                try await disk.cutPower()
                try await workplace.crash(daemon)
                try await load.stop()
                cuts.acknowledged += ledger.count
                try await disk.restorePower()

                let start = ContinuousClock.now
                let next = try workplace.startDaemon("--database", database)
                if let next = try? await workplace.answering(next) {
                    cuts.longest = max(cuts.longest, ContinuousClock.now - start)
                    next.kill(SIGKILL)
                    _ = try await next.wait()
                    let verdict = try await ledger.verdict(of: workplace, database: database)
                    cuts.verdict.lost += verdict.lost
                    cuts.verdict.twice += verdict.twice
                    cuts.verdict.faults += verdict.faults
                } else {
                    print("faults: refused: \(next.standardError)")
                    cuts.refused += 1
                    cuts.verdict.lost += ledger.count
                }
                // Each round begins with a new database, so that the time of a recovery does not grow.
                for name in try FileManager.default.contentsOfDirectory(atPath: disk.path) where name.hasPrefix("kata")
                {
                    try FileManager.default.removeItem(atPath: "\(disk.path)/\(name)")
                }
            }
            return cuts
        }
    }
}
