import Kata
import Testing

extension JobStoreBehaviour {
    static func checkTotals(_ store: any JobStore) async throws {
        let first = try await store.run("a", items: ["1", "2", "3", "4"])
        for (job, consumerID) in zip(first.jobs, ["c1", "c2", "c1", "c1"]) { try store.complete(job, by: consumerID) }
        let second = try await store.run("b", items: ["50"])
        try store.complete(second.jobs[0], by: "c1")
        try await #expect(
            store.consumerTotals(run: first.run.id) == [
                ConsumerTotal(consumerID: "c1", items: 3, total: 8),
                ConsumerTotal(consumerID: "c2", items: 1, total: 2),
            ]
        )
    }

    static func checkTotalsOrder(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: (0..<12).map(String.init))
        for (job, number) in zip(jobs, [10, 2, 11, 1, 12, 3, 9, 100, 20, 8, 7, 19]) {
            try store.complete(job, by: "c\(number)")
        }
        let order = try await store.consumerTotals(run: run.id).map(\.consumerID)
        #expect(order == [1, 2, 3, 7, 8, 9, 10, 11, 12, 19, 20, 100].map { "c\($0)" })
    }

    static func checkTotalsOfNumbers(_ store: any JobStore) async throws {
        let items = [
            "7", "-12", "007", "0", "123456789012", "1234567890123",
            "", "-", "--5", "+5", "1.5", "1e2", "0x10", "12 apples", "abc", " 5", "5 ", "5\n", "5-", "٣", "nan", "inf",
            "-infinity",
        ]
        let (run, jobs) = try await store.run("a", items: items)
        for job in jobs { try store.complete(job) }
        let total = ConsumerTotal(
            consumerID: "c1", items: items.count, total: 7 - 12 + 7 + 123_456_789_012 + 1_234_567_890_123)
        try await #expect(store.consumerTotals(run: run.id) == [total])
    }

    static func checkTotalsFinite(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["3", String(repeating: "9", count: 400)])
        for job in jobs { try store.complete(job) }
        // Infinity has no JSON.
        try await #expect(store.consumerTotals(run: run.id).allSatisfy { $0.total.isFinite })
    }
}
