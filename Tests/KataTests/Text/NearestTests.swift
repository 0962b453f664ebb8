import Testing

@testable import Kata

@Suite("The nearest word")
struct NearestTests {
    @Test(
        "is as far as the changes that are needed",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1),
            ("abc", "abcd", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("abcd", "badc", 2), ("flaw", "lawn", 2),
        ]
    )
    func distance(left: String, right: String, distance: Int) {
        #expect(editDistance(left, right) == distance)
        #expect(editDistance(right, left) == distance)
    }

    @Test(
        "is the one that was most likely meant",
        arguments: [
            ("queue_szie", "queue_size"), ("worker_cuont", "worker_count"), ("workers_count", "worker_count"),
            ("QUEUE_SIZE", "queue_size"), ("queuesize", "queue_size"), ("item_cont", "item_count"),
        ]
    )
    func nearestWord(word: String, expected: String) {
        #expect(nearest(to: word, in: ["item_count", "queue_size", "worker_count", "producer"]) == expected)
    }

    @Test("is none if all are far away", arguments: ["colour", "", "x", "consumer_timeout"])
    func none(word: String) {
        #expect(nearest(to: word, in: ["item_count", "queue_size", "worker_count"]) == nil)
    }

    @Test("is none for a word that is much too long", arguments: [200, 400, 100_000])
    func longWord(length: Int) {
        #expect(nearest(to: String(repeating: "x", count: length), in: ["queue_size"]) == nil)
    }

    @Test("is none if there is none")
    func noCandidates() {
        #expect(nearest(to: "x", in: []) == nil)
    }

    @Test("is the first in the alphabet of those that are equally near")
    func equallyNear() {
        #expect(nearest(to: "bat", in: ["rat", "cat", "hat"]) == "cat")
    }
}
