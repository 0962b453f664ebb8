import Testing

@testable import KataPlugins

@Suite("Orphans")
struct OrphanReaperTests {
    @Test(
        "are told by the table of processes, whatever they are called",
        arguments: [
            ("7 (sh) Z 1 7 7 0 -1", true), ("7 (a) S 1 (b) Z 1 7", true), ("7 ()) Z 1", true), ("7 (sh) S 1 7", false),
            ("7 (sh) Z 2 7", false), ("7 (sh) Z 12", false), ("7 (sh) Z", false), ("", false), ("7 (sh", false),
        ])
    func stat(text: String, isEnded: Bool) {
        #expect(OrphanReaper.isEnded(stat: text, childOf: 1) == isEnded)
    }
}
