import Kata
import KataTestSupport
import Synchronization

/// The one sequence of random numbers that everything in a simulation is decided by.
final class Chance: RandomNumberGenerator, Sendable {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    func next() -> UInt64 { generator.withLock { $0.next() } }

    /// Whether something happens that has that probability.
    func happens(_ probability: Double) -> Bool {
        if probability <= 0 { return false }
        var chance = self
        return Double.random(in: 0..<1, using: &chance) < probability
    }

    func number(in range: ClosedRange<Int>) -> Int {
        var chance = self
        return Int.random(in: range, using: &chance)
    }

    func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(in: 0...elements.count - 1)]
    }

    func time(upTo limit: Duration) -> Duration {
        .milliseconds(number(in: 0...Int(limit.milliseconds)))
    }
}
