import Kata
import KataTestSupport
import Testing

/// A short round with every run of the tests; `make simulate SEED= SECONDS=` makes a long one.
@Suite("A simulated daemon", .serialized, .timeLimit(.minutes(600)))
struct SimulationTests {
    @Test("loses nothing and does nothing twice, whatever happens in whatever order")
    func simulations() async throws {
        let limit = SimulationOptions.seconds ?? 20
        let first = SimulationOptions.seed
        let failed = try await onThread(named: "simulation") { () -> Simulation.Outcome? in
            let start = ContinuousClock.now
            var (count, steps, attempts, commits, daemons) = (0, 0, 0, 0, 0)
            var failed: Simulation.Outcome?
            while failed == nil, count < SimulationOptions.count, start.duration(to: .now) < .seconds(limit) {
                let outcome = Simulation.run(seed: first &+ UInt64(count))
                count += 1
                steps += outcome.steps
                attempts += outcome.attempts
                commits += outcome.commits
                daemons += outcome.daemons
                if let violation = outcome.violations.first {
                    if SimulationOptions.goesOn {
                        print("simulation: SEED=\(outcome.seed): \(violation)")
                    } else {
                        failed = outcome
                    }
                }
            }
            let time = start.duration(to: .now).seconds
            print(
                """
                simulation: SEED=\(first), \(count) simulations in \(time.formatted) s, with \(daemons) lives of a daemon, \
                \(attempts) attempts and \(commits) commits: \((Double(count) / time).formatted) simulations and \
                \((Double(steps) / time).formatted) steps a second
                """)
            return failed
        }
        guard let failed else { return }
        // The same once more, with a story for people.
        let again = try await onThread(named: "simulation") { Simulation.run(seed: failed.seed, keepsStory: true) }
        if again.trace != failed.trace { print("simulation: SEED=\(failed.seed) took another course the second time") }
        print("simulation: the end of SEED=\(failed.seed):\n\(again.story.suffix(80).joined(separator: "\n"))")
        Issue.record("SEED=\(failed.seed): \(failed.violations.joined(separator: "; "))")
    }

    @Test("leaves no process of a plugin behind, and no request without an end")
    func plugins() async throws {
        let limit = SimulationOptions.seconds.map { $0 / 10 } ?? 3
        let first = SimulationOptions.seed
        let failed = try await onThread(named: "simulation") { () -> (seed: UInt64, violations: [String])? in
            let start = ContinuousClock.now
            var count = 0
            defer { print("simulation: SEED=\(first), \(count) simulations of a plugin") }
            while count < SimulationOptions.count, start.duration(to: .now) < .seconds(limit) {
                let seed = first &+ UInt64(count)
                let violations = PluginSimulation.run(seed: seed)
                count += 1
                if !violations.isEmpty { return (seed, violations) }
            }
            return nil
        }
        if let failed { Issue.record("SEED=\(failed.seed): \(failed.violations.joined(separator: "; "))") }
    }

    @Test("takes the same course with the same seed, and another one with another seed")
    func same() async throws {
        let seeds = Array(1...20 as ClosedRange<UInt64>)
        let (first, second) = try await onThread(named: "simulation") {
            (seeds.map { Simulation.run(seed: $0).trace }, seeds.map { Simulation.run(seed: $0).trace })
        }
        #expect(first == second)
        #expect(Set(first).count == seeds.count)
    }
}

extension Double {
    fileprivate var formatted: String { self < 100 ? "\((self * 10).rounded() / 10)" : "\(Int(self))" }
}
