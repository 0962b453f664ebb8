import KataTestSupport
import Testing

@testable import Kata

/// Random operations on a limiter, beside a model that is too simple to be wrong.
@Suite("The limiter of keys and its model")
struct KeyLimiterModelTests {
    private struct Model {
        struct Key {
            var held: [Job.ID] = []
            var inFlight = 0
            var next: MonotonicInstant?
        }

        let limits: WorkLimits
        var keys: [String: Key] = [:]
        var heldCount: Int { keys.values.map(\.held.count).reduce(0, +) }

        func hasRoom(_ key: Key) -> Bool { key.inFlight < limits.concurrencyPerKey ?? .max }

        func mayBegin(_ name: String, _ now: MonotonicInstant) -> Bool {
            let key = keys[name, default: Key()]
            return hasRoom(key) && key.next ?? now <= now
        }

        mutating func begin(_ name: String, _ now: MonotonicInstant) {
            keys[name, default: Key()].inFlight += 1
            if let interval = limits.ratePerKey?.interval { keys[name]?.next = now.advanced(by: interval) }
        }

        var nextTurn: MonotonicInstant? {
            keys.values.filter { !$0.held.isEmpty && hasRoom($0) }.compactMap(\.next).min()
        }
    }

    private static let rate = RateLimit(count: 100, per: .seconds(1))
    private static let names = ["a", "b", "c", "d"]

    @Test(
        "agree after each operation",
        arguments: [
            WorkLimits(concurrencyPerKey: 1), WorkLimits(concurrencyPerKey: 3), WorkLimits(ratePerKey: rate),
            WorkLimits(ratePerKey: rate, concurrencyPerKey: 2),
        ])
    func agree(limits: WorkLimits) throws {
        var generator = SeededGenerator(seed: 11)
        var limiter = KeyLimiter(limits)
        var model = Model(limits: limits)
        var now = MonotonicInstant(nanoseconds: 0)
        var lastID: Job.ID = 0
        /// Those that were given out and are not over.
        var inFlight: [Job] = []
        /// Given out or cancelled: nothing may be lost, and nothing come twice.
        var over: Set<Job.ID> = []

        func took(_ job: Job, _ name: String) throws {
            try #require(model.mayBegin(name, now))
            model.begin(name, now)
            inFlight.append(job)
            try #require(over.insert(job.id).inserted)
        }

        for _ in 0..<4_000 {
            now = now.advanced(by: .milliseconds(Int.random(in: 0...4, using: &generator)))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4:
                lastID += 1
                let name = Self.names[Int.random(in: 0..<4, using: &generator)]
                let job = Job(id: lastID, runID: 1, item: "", key: name)
                if let admitted = limiter.admit(job, now: now) {
                    try #require(admitted == job && model.keys[name]?.held.isEmpty ?? true)
                    try took(job, name)
                } else {
                    let mustWait = !(model.keys[name]?.held.isEmpty ?? true) || !model.mayBegin(name, now)
                    try #require(mustWait)
                    model.keys[name, default: .init()].held.append(job.id)
                }
            case 4..<7:
                if let job = limiter.release(now: now) {
                    let name = try #require(job.key)
                    try #require(model.keys[name]?.held.first == job.id, "first in, first out")
                    model.keys[name]?.held.removeFirst()
                    try took(job, name)
                } else {
                    let isStuck = model.keys.contains { !$0.value.held.isEmpty && model.mayBegin($0.key, now) }
                    try #require(!isStuck)
                }
            case 7..<9:
                guard let index = inFlight.indices.randomElement(using: &generator) else { continue }
                let name = try #require(inFlight.remove(at: index).key)
                limiter.end(name)
                model.keys[name]?.inFlight -= 1
            default:
                let chosen = Set((0..<3).map { _ in Job.ID.random(in: 0...(lastID + 1), using: &generator) })
                var held: Set<Job.ID> = []
                for name in model.keys.keys {
                    held.formUnion(model.keys[name]?.held.filter(chosen.contains) ?? [])
                    model.keys[name]?.held.removeAll(where: chosen.contains)
                }
                try #require(limiter.remove(chosen) == held)
                over.formUnion(held)
            }
            try #require(limiter.heldCount == model.heldCount)
            try #require(limits.ratePerKey == nil || limiter.nextTurn(now: now) == model.nextTurn.map { max(now, $0) })
        }
        // All that is held comes out in the end.
        while limiter.heldCount > 0 {
            for job in inFlight { limiter.end(try #require(job.key)) }
            inFlight = []
            now = now.advanced(by: Self.rate.interval)
            while let job = limiter.release(now: now) {
                inFlight.append(job)
                try #require(over.insert(job.id).inserted)
            }
        }
        #expect(over == Set(1...lastID))
    }
}
