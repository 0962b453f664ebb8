import Foundation
import KataTestSupport

/// The rounds of one fault, all of whose random choices follow from one seed.
struct FaultRounds {
    private let name: String
    let seed: UInt64
    /// How many rounds there are.
    let count: Int
    var generator: SeededGenerator
    private let start = ContinuousClock.now
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether as many rounds are asked for as it takes to be sure.
    static let isLong = environment["KATA_FAULTS"] == "long"

    /// - Parameters:
    ///   - short: how many rounds there are in every run of the tests.
    ///   - long: how many there are with `make test-faults`, unless its `ROUNDS=` says how many.
    init(_ name: String, short: Int, long: Int) {
        self.name = name
        seed = Self.environment["KATA_FAULT_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999_999)
        count = Self.isLong ? Self.environment["KATA_FAULT_ROUNDS"].flatMap { Int($0) } ?? long : short
        generator = SeededGenerator(seed: seed)
        Self.say("faults: \(name): \(count) rounds, SEED=\(seed)")
    }

    mutating func random(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }

    /// Waits for that long, so that what comes next comes at any moment of what goes on meanwhile.
    mutating func wait(milliseconds range: ClosedRange<Int>) async throws {
        try await Task.sleep(for: .milliseconds(random(range)))
    }

    /// Says what was seen.
    func finish(_ figures: String) {
        let seconds = (ContinuousClock.now - start).formatted(
            .units(allowed: [.seconds], fractionalPart: .show(length: 1)))
        Self.say("faults: \(name): \(count) rounds, SEED=\(seed): \(figures); \(seconds)")
    }

    /// At once, also where the output is a file: the seed is needed most where a test does not end.
    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
