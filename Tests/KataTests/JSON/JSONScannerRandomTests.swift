import Foundation
import KataTestSupport
import Testing

@testable import Kata

/// Foundation's parser is the oracle: it was written by others from the same standard.
@Suite("The JSON scanner and Foundation's")
struct JSONScannerRandomTests {
    @Test("take the same texts for JSON", arguments: 1...8)
    func agree(seed: UInt64) throws {
        var generator = RandomJSON(seed: seed)
        var (accepted, refused) = (0, 0)
        for _ in 0..<4_000 {
            let text = generator.text()
            let mutated = generator.mutation(of: text)
            for candidate in [text, mutated] where !Self.isBeyondFoundation(candidate) {
                let isAccepted = candidate.fault() == nil
                if isAccepted { accepted += 1 } else { refused += 1 }
                try #require(
                    isAccepted == Self.isAcceptedByFoundation(candidate), "\(candidate), \(candidate.bytes)")
            }
        }
        #expect(accepted > 4_000)
        #expect(refused > 1_000)
    }

    @Test("read the same value from the compact text", arguments: 1...4)
    func sameValue(seed: UInt64) throws {
        var generator = RandomJSON(seed: seed)
        for _ in 0..<1_000 {
            let text = generator.text()
            let compact = try text.compact()
            let value = try Self.value(text)
            try #require(Self.value(JSONText(compact)).isEqual(value), "\(text)")
            try #require(JSONText(compact).compact() == compact, "\(text)")
        }
    }

    private static func value(_ text: JSONText) throws -> NSObject {
        let value = try JSONSerialization.jsonObject(with: Data(text.bytes), options: .fragmentsAllowed)
        return try #require(value as? NSObject)
    }

    private static func isAcceptedByFoundation(_ text: JSONText) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text.bytes), options: .fragmentsAllowed)) != nil
    }

    /// Foundation refuses numbers that no `Double` holds, which are JSON all the same, takes a comma before a closing
    /// bracket, which is not, and goes by what looks like another encoding.
    private static func isBeyondFoundation(_ text: JSONText) -> Bool {
        let pattern = /[eE][+-]?[0-9]{3,}|,[ \t\r\n]*[\]}]/.matchingSemantics(.unicodeScalar)
        return text.description.contains(pattern) || text.bytes.prefix(4).contains(0)
    }
}
