/// Inputs that are nearly right: texts that somebody could have written, with a few things changed. The same seed and number
/// give the same input.
public struct Mutations: Sendable {
    private let seed: UInt64
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    /// The largest input, in bytes.
    private static let sizeLimit = 1 << 16
    /// What has broken readers before: ends of numbers and of text, marks without a letter, and what is no UTF-8.
    private static let awkward: [[UInt8]] =
        [
            "", "0", "-1", "00", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e999", "nan",
            "\u{0}",
            "\u{301}", "\u{2028}", "\u{85}", "\u{feff}", "\u{202e}", "🦊", "\r\n", "\r", "\n", "\t", " ", "\\", "\"",
            "'", "{", "}",
            "[", "]", ":", ",", "#", "-", "?", "*", "&", "|", ">", "%", "@", "`", "~", "<<", "$", "=", "/",
        ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xf0, 0x9f], [0x80], [0xed, 0xa0, 0x80], [0xc0, 0x80]]

    /// - Parameters:
    ///   - corpus: texts that are read without a fault; at least one.
    ///   - words: what means something to the reader.
    public init(seed: UInt64, corpus: [String], words: [String]) {
        self.seed = seed
        self.corpus = corpus.map { Array($0.utf8) }
        self.words = words.map { Array($0.utf8) } + Self.awkward
    }

    /// The input of that number.
    public func input(_ number: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: seed &+ UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15)
        var input = pick(corpus, &generator)
        switch Int.random(in: 0..<20, using: &generator) {
        // Once in a while nothing is changed, or nothing is left.
        case 0: return input
        case 1:
            input = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in .random(in: 0...255, using: &generator)
            }
        default: break
        }
        for _ in 0..<Int.random(in: 1...6, using: &generator) { mutate(&input, &generator) }
        return Array(input.prefix(Self.sizeLimit))
    }

    private func mutate(_ input: inout [UInt8], _ generator: inout SeededGenerator) {
        let range = range(in: input, &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: input.removeSubrange(range)
        case 1: input.replaceSubrange(range, with: pick(words, &generator))
        case 2, 3: input.insert(contentsOf: pick(words, &generator), at: range.lowerBound)
        case 4: input.insert(contentsOf: input[range], at: Int.random(in: 0...input.count, using: &generator))
        case 5:
            let other = pick(corpus, &generator)
            input.replaceSubrange(range, with: other[self.range(in: other, &generator)])
        case 6: input.removeLast(min(input.count, range.count))
        case 7:
            let part = range.isEmpty ? pick(words, &generator) : Array(input[range])
            // Mostly a few times, and now and then thousands of times.
            let most = Int.random(in: 0..<8, using: &generator) == 0 ? 14 : 4
            let count = min(1 << Int.random(in: 0...most, using: &generator), Self.sizeLimit / max(1, part.count))
            var repeated: [UInt8] = []
            for _ in 0..<count { repeated += part }
            input.insert(contentsOf: repeated, at: range.upperBound)
        default:
            guard let index = input.indices.randomElement(using: &generator) else { return }
            input[index] = .random(in: 0...255, using: &generator)
        }
    }

    /// Mostly a short one.
    private func range(in bytes: [UInt8], _ generator: inout SeededGenerator) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &generator)
        let length = 1 << Int.random(in: 0...8, using: &generator)
        return start..<min(bytes.count, start + Int.random(in: 0...length, using: &generator))
    }

    private func pick(_ texts: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        texts.randomElement(using: &generator) ?? []
    }
}
