import Kata
import Testing

extension JobReadingBehaviour {
    /// Keys that only an exact comparison tells apart, and one job without a key.
    private static let keys: [String?] = [
        "a", "b", nil, "a\u{0}", "A", "a ", "\u{e9}", "e\u{301}", "'a'", "\"a\\", "\n", "null", "1", "1.0", "a",
    ]

    static func checkOfKeys(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try keys.map { try store.submit(NewJob(item: "x", priority: 3, key: $0), to: run) }
        try store.submit([NewJob(item: "x", priority: 2, key: "a")], to: run)
        try store.submit([NewJob(item: "x", priority: 3, runAt: .sampleEnd, key: "a")], to: run)
        try store.submit([NewJob(item: "x", priority: 3, key: "a")], to: store.openRun("b"))
        func pending(
            _ keys: JobKeys, after id: Job.ID = 0, through last: Job.ID = .max, limit: Int = 100
        ) async throws -> [Job.ID] {
            try await store.pendingJobs(
                run: run.id, priority: 3, keys: keys, after: id, through: last, limit: limit
            ).map(\.id)
        }
        func matching(_ isIncluded: (String?) -> Bool) -> [Job.ID] {
            zip(keys, ids).filter { isIncluded($0.0) }.map(\.1)
        }
        func areSame(_ left: String?, _ right: String) -> Bool { left.map { Array($0.utf8) } == Array(right.utf8) }
        try await #expect(pending(.all) == ids)
        for key in keys.compactMap({ $0 }) {
            try await #expect(pending(.only(key)) == matching { areSame($0, key) })
            try await #expect(pending(.except([key])) == matching { !areSame($0, key) })
        }
        try await #expect(pending(.only("unknown")).isEmpty)
        try await #expect(pending(.except([])) == ids)
        try await #expect(pending(.except(["unknown"])) == ids)
        try await #expect(pending(.except(keys.compactMap { $0 })) == [ids[2]])
        try await #expect(pending(.only("a"), after: ids[0]) == [ids[14]])
        try await #expect(pending(.only("a"), through: ids[13]) == [ids[0]])
        try await #expect(pending(.only("a"), limit: 1) == [ids[0]])
        try await #expect(pending(.except(["a", "b"]), after: ids[2], through: ids[5]) == Array(ids[3...5]))
        try await #expect(pending(.except(["a", "b"]), limit: 2) == Array(ids[2...3]))
        try await #expect(pending(.all, after: ids[3], through: ids[5]) == Array(ids[4...5]))
        try await store.complete(ids[0])
        try await #expect(pending(.only("a")) == [ids[14]])
    }

    static func checkLastPending(_ store: any JobStore) async throws {
        let run = try store.openRun()
        try await #expect(store.lastPendingJob(run: run.id, priority: 0) == nil)
        let ids = try (0..<3).map { _ in try store.submit(NewJob(item: "x"), to: run) }
        try store.submit([NewJob(item: "x", priority: 1)], to: run)
        try store.submit([NewJob(item: "x", runAt: .sampleEnd)], to: run)
        try store.submit([NewJob(item: "x")], to: store.openRun("b"))
        try await #expect(store.lastPendingJob(run: run.id, priority: 0) == ids[2])
        try await store.complete(ids[2])
        try await #expect(store.lastPendingJob(run: run.id, priority: 0) == ids[1])
        try await #expect(store.lastPendingJob(run: run.id, priority: 2) == nil)
    }

    static func checkBeforeOfKeys(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let jobs: [(key: String?, priority: Int)] = [
            ("a", 0), ("b", 0), (nil, 0), ("a", 5), ("b", 5), (nil, -5), ("a", 0), ("a", -5),
        ]
        let ids = try jobs.map { try store.submit(NewJob(item: "x", priority: $0.priority, key: $0.key), to: run) }
        for (id, job) in zip(ids, jobs) {
            for keys in [JobKeys.all, .only("a"), .only("c"), .except(["a"]), .except(["a", "b"]), .except([])] {
                let before = zip(ids, jobs).count { other, that in
                    let isMeant: Bool =
                        switch keys {
                        case .all: true
                        case .only(let key): that.key == key
                        case .except(let keys): that.key.map { !keys.contains($0) } ?? true
                        }
                    return isMeant && (-that.priority, other) < (-job.priority, id)
                }
                for limit in [1, 100] {
                    try await #expect(
                        store.jobsBefore(id, priority: job.priority, run: run.id, keys: keys, limit: limit)
                            == min(before, limit), "\(id) \(keys)")
                }
            }
        }
    }
}
