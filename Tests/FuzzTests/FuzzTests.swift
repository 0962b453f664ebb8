import Foundation
import KataTestSupport
import Testing

/// A short round with every run of the tests; `make fuzz SEED= COUNT=` makes a long one.
@Suite("Whatever comes from outside", .timeLimit(.minutes(180)))
struct FuzzTests {
    @Test("is read, or what is wrong is said", arguments: FuzzTarget.allCases)
    func read(target: FuzzTarget) throws {
        let count = FuzzOptions.count ?? (target == .configuration ? 50 : 200)
        print("fuzz: \(target.rawValue): \(count) inputs, SEED=\(FuzzOptions.seed)")
        let mutations = Mutations(seed: FuzzOptions.seed, corpus: target.corpus, words: target.words)
        for number in 0..<count {
            let input = mutations.input(number)
            do {
                try target.read(input)
            } catch {
                let text = String(decoding: input.prefix(2_000), as: UTF8.self)
                Issue.record(
                    "\(target.rawValue), SEED=\(FuzzOptions.seed), input \(number): \(error), in \(text.debugDescription)"
                )
                return
            }
        }
    }

    @Test("takes no more memory the more of it there is", .enabled(if: FuzzOptions.count != nil))
    func memory() throws {
        // After the rounds before, which have made room for themselves.
        for target in FuzzTarget.allCases {
            let mutations = Mutations(seed: FuzzOptions.seed, corpus: target.corpus, words: target.words)
            for number in 0..<200 { try? target.read(mutations.input(number)) }
        }
        let before = try residentSize()
        for target in FuzzTarget.allCases {
            let mutations = Mutations(seed: FuzzOptions.seed &+ 1, corpus: target.corpus, words: target.words)
            for number in 0..<1_000 { try? target.read(mutations.input(number)) }
        }
        let growth = try residentSize() - before
        print("fuzz: memory grew by \(growth >> 10) KiB")
        #expect(growth < 64 << 20)
    }

    @Test("is the same for the same seed and number")
    func same() {
        let first = Mutations(seed: 7, corpus: ["a: b"], words: ["c"])
        let second = Mutations(seed: 7, corpus: ["a: b"], words: ["c"])
        #expect((0..<100).allSatisfy { first.input($0) == second.input($0) })
        #expect(Set((0..<100).map(first.input)).count > 50)
    }
}
