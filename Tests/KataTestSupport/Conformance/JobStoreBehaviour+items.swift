import Kata
import Testing

extension JobStoreBehaviour {
    /// Texts that a store is tempted to change: cut, trim, normalise, or take for a number.
    private static let items: [String] = [
        "", " ", "  two  spaces  ", "\n", "\r\n", "a\nb\rc\td", "c1 | 7", #"\"#, #"\n"#, "'; DROP TABLE jobs; --",
        #""quoted""#,
        "007", "1.0", "1e3", "-0", "NULL", "true", "9223372036854775808", "0.1000000000000000055511151231257827",
        "\u{1}\u{2}\u{7}\u{8}\u{1b}[31m\u{1f}\u{7f}", "\u{80}\u{85}\u{9f}", "\u{2028}\u{2029}", "\u{feff}bom",
        "\u{fffd}\u{ffff}",
        "e\u{301}", "\u{e9}", "\u{301}", "👩‍👩‍👧‍👦🇨🇭👍🏽", "日本語", "مرحبا", "\u{10ffff}",
    ]

    static func checkItemsKept(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: items)
        expectSame(jobs.map(\.item), items)
        for job in jobs { try store.complete(job) }
        expectSame(try await store.results(ResultSelection(), after: 0, limit: 1_000).map(\.item), items)
        try await #expect(store.consumerTotals(run: run.id).map(\.items) == [items.count])
    }

    static func checkLongItemKept(_ store: any JobStore) async throws {
        let item = String(repeating: "0123456789abcdé\n", count: 1 << 16)
        #expect(item.utf8.count > 1 << 20)
        let (_, jobs) = try await store.run("a", items: [item])
        expectSame(jobs.map(\.item), [item])
        try store.complete(jobs[0])
        expectSame(try await store.results(ResultSelection(), after: 0, limit: 10).map(\.item), [item])
    }

    /// Compares bytes: strings are equal already when they look alike.
    private static func expectSame(_ texts: [String], _ others: [String]) {
        #expect(texts.count == others.count)
        for (text, other) in zip(texts, others) {
            let isSame = Array(text.utf8) == Array(other.utf8)
            #expect(isSame, "\(other.prefix(40).debugDescription) came back as \(text.prefix(40).debugDescription)")
        }
    }
}
