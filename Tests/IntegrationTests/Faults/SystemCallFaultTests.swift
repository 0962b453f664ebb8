import Foundation
import KataTestSupport
import Testing

extension Faults {
    @Suite("A system call", .timeLimit(.minutes(300)))
    struct SystemCallFaultTests {
        @Test(
            "at which a process is killed, or which fails, loses nothing and leaves nothing",
            arguments: FaultyOperation.allCases)
        func call(operation: FaultyOperation) async throws {
            guard try await SystemCallFault.isPossible(in: Workplace()) else { return }
            var rounds = FaultRounds("calls of \(operation)", short: 1, long: 200)
            var verdict = Ledger.Verdict()
            for _ in 1...rounds.count {
                let fault = SystemCallFault(&rounds)
                let place = "\(operation): \(fault), SEED=\(rounds.seed)"
                try await verdict.add(operation.run(fault, place: place), place)
            }
            rounds.finish("lost \(verdict.lost), twice \(verdict.twice), leftovers none")
        }

        /// The calls in which a first start was cut short for ever before its tables and its mark were one transaction.
        @Test("at which a first start is killed is none that the next start refuses")
        func firstStart() async throws {
            guard try await SystemCallFault.isPossible(in: Workplace()) else { return }
            var rounds = FaultRounds("first start killed at a pwrite64", short: 2, long: 60)
            let all = Array(1...60)
            let numbers = FaultRounds.isLong ? Array(all.prefix(rounds.count)) : all.shuffled(using: &rounds.generator)
            for number in numbers.prefix(rounds.count) {
                let fault = SystemCallFault(.kill, "pwrite64", number)
                _ = try await FaultyOperation.firstStart.run(fault, place: "\(fault)")
            }
            rounds.finish("every next start works")
        }
    }
}
