import KataTestSupport
import Testing

@testable import KataPostgres

@Suite("A text for PostgreSQL")
struct PostgresTextTests {
    @Test(
        "is read as it was written",
        arguments: [
            "", "a", "\0", "\0\0", "a\0b", "\u{10FFFF}", "\u{10FFFF}0", "\u{10FFFF}1", "\0\u{10FFFF}\0",
            "ä\u{F0000}\0é",
        ])
    func exact(_ text: String) {
        let bytes = PostgresText.encode(text)
        #expect(!bytes.contains(0))
        let decoded = bytes.withUnsafeBytes { PostgresText.decode($0) }
        #expect(Array(decoded.utf8) == Array(text.utf8))
    }

    @Test("that begins so comes before the bound of its beginning", arguments: ["", "a", "\0", "\u{10FFFF}\u{10FFFF}"])
    func bound(_ rest: String) {
        let bound = PostgresText.bound(after: "stem")
        #expect(PostgresText.encode("stem" + rest).lexicographicallyPrecedes(bound))
        #expect(!PostgresText.encode("sten").lexicographicallyPrecedes(bound))
    }
}
