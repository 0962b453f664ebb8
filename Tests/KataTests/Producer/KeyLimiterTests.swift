import Testing

@testable import Kata

@Suite("The limiter of keys")
struct KeyLimiterTests {
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)

    @Test("gives jobs in the order of priorities and ids, whichever way they came")
    func order() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 2))
        for (id, priority) in [(1, 0), (3, 5), (4, 0)] {
            limiter.take(job(Job.ID(id), "a", priority: priority), isNew: true, now: start)
        }
        limiter.take(job(2, "a", priority: 5), isNew: false, now: start)
        #expect(give(&limiter) == [2, 3])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        #expect(give(&limiter) == [1])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        #expect(give(&limiter) == [4])
        #expect(limiter.isEmpty && limiter.heldCount == 0 && limiter.heldSize == 0)
    }

    @Test("knows the oldest job, whatever its priority")
    func oldest() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1))
        limiter.take(job(1, "a", priority: -3), isNew: true, now: start)
        limiter.take(job(2, "a", priority: 3), isNew: true, now: start)
        limiter.take(job(3, "b"), isNew: true, now: start)
        #expect(limiter.first(now: start)?.id == 2)
        let oldest = limiter.oldest(now: start)
        let next = try #require(oldest)
        #expect(limiter.give(next, now: start)?.id == 1)
        #expect(limiter.oldest(now: start)?.id == 3, "the other one may have one job at a time")
    }

    @Test("lets other keys pass one that is at its limit")
    func others() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1))
        for id in 1...5 { limiter.take(job(Job.ID(id), "a"), isNew: true, now: start) }
        limiter.take(job(6, "b"), isNew: true, now: start)
        #expect(give(&limiter) == [1, 6])
        #expect(limiter.heldCount == 4)
        #expect(limiter.nextTurn(now: start) == nil, "nothing that time would bring")
    }

    @Test("spaces the jobs of a key by their beginnings, and says when the next one may begin")
    func rate() throws {
        let rate = RateLimit(count: 10, per: .seconds(1))
        var limiter = try limiter(WorkLimits(ratePerKey: rate))
        for id in 1...3 { limiter.take(job(Job.ID(id), "a"), isNew: true, now: start) }
        #expect(give(&limiter) == [1])
        #expect(limiter.nextTurn(now: start) == nil, "it lies on the queue, and nobody knows for how long")
        let late = start.advanced(by: .seconds(5))
        #expect(give(&limiter, now: late) == [])
        limiter.begin(ExactString("a"), at: late, isFirst: true, now: late)
        let turn = late.advanced(by: rate.interval - RateGate.lead)
        #expect(limiter.nextTurn(now: late) == turn)
        #expect(limiter.nextTurn(now: turn.advanced(by: .seconds(9))) != nil, "a turn that has passed is still to come")
        #expect(give(&limiter, now: turn.advanced(by: .nanoseconds(-1))) == [])
        #expect(give(&limiter, now: turn) == [2])
        limiter.end(ExactString("a"), hasBegun: false, now: turn)
        #expect(give(&limiter, now: turn) == [3], "2 was cancelled before it began")
    }

    @Test("holds a few jobs of each key, and leaves the others in the store")
    func rest() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1), .init(jobsPerKey: 2))
        for id in 1...1_000 { limiter.take(job(Job.ID(id), "a"), isNew: true, now: start) }
        limiter.take(job(1_001, "b"), isNew: true, now: start)
        #expect(limiter.heldCount == 3)
        #expect(limiter.keysWithRest(priority: 0) == ["a"] && limiter.keysWithRest(priority: 1).isEmpty)
        #expect(give(&limiter) == [1, 1_001])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        #expect(give(&limiter) == [2])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        let next = try first(&limiter)
        #expect(next.needsReading && next.id == 3)
        #expect(limiter.give(next, now: start) == nil)
        #expect(limiter.rest(of: next) == KeyLane.Rest(start: 3, mayHaveBeenGiven: false))
        limiter.addRest([job(3, "a"), job(5, "a")], through: 5, of: next, now: start)
        #expect(limiter.rest(of: next)?.start == 6)
        #expect(give(&limiter) == [3])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        #expect(give(&limiter) == [5])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        let last = try first(&limiter)
        limiter.addRest([], through: nil, of: last, now: start)
        #expect(limiter.isEmpty && limiter.keysWithRest(priority: 0).isEmpty)
    }

    @Test("keeps the jobs of a higher priority, and those that come back to their place")
    func restInOrder() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1), .init(jobsPerKey: 2))
        for id in 2...4 { limiter.take(job(Job.ID(id), "a"), isNew: true, now: start) }
        limiter.take(job(5, "a", priority: 1), isNew: true, now: start)
        #expect(limiter.first(now: start)?.id == 5)
        limiter.take(job(1, "a"), isNew: false, now: start)
        #expect(limiter.heldCount == 2)
        #expect(give(&limiter) == [5])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        #expect(give(&limiter) == [1])
        limiter.end(ExactString("a"), hasBegun: true, now: start)
        let next = try first(&limiter)
        #expect(limiter.rest(of: next) == KeyLane.Rest(start: 2, mayHaveBeenGiven: true))
    }

    @Test("can give the oldest job of a key that holds as many as it may of a higher priority")
    func oldestOfRest() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1), .init(jobsPerKey: 2))
        limiter.take(job(1, "a"), isNew: true, now: start)
        for id in 2...3 { limiter.take(job(Job.ID(id), "a", priority: 5), isNew: true, now: start) }
        let unread = limiter.oldest(now: start)
        let rest = try #require(unread)
        #expect(rest.id == 1 && rest.needsReading)
        limiter.addRest([job(1, "a")], through: 1, of: rest, now: start)
        #expect(limiter.heldCount == 2)
        let read = limiter.oldest(now: start)
        let next = try #require(read)
        #expect(limiter.give(next, now: start)?.id == 1)
    }

    @Test("is bounded by the bytes of the items, of a key and in all")
    func bytes() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1), .init(sizePerKey: 10, size: 25))
        for key in ["a", "b", "c", "d"] {
            for id in 1...5 { limiter.take(job(Job.ID(id), key, item: "12345"), isNew: true, now: start) }
        }
        // One job of a key that may begin is always held.
        #expect(limiter.heldSize == 30)
        for id in 6...9 { limiter.take(job(Job.ID(id), "e", item: "12345"), isNew: true, now: start) }
        #expect(limiter.heldSize == 35)
        #expect(give(&limiter) == [1, 1, 1, 1, 6])
        #expect(limiter.heldSize == 10)
    }

    @Test("is full when as many keys wait as may")
    func full() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1), .init(keys: 2))
        for key in ["a", "b"] {
            for id in 1...2 { limiter.take(job(Job.ID(id), key), isNew: true, now: start) }
        }
        #expect(limiter.isFull)
        limiter.remove(where: { $0.id == 2 }, now: start)
        #expect(limiter.heldCount == 2 && limiter.isFull)
        #expect(give(&limiter) == [1, 1])
        #expect(!limiter.isFull)
    }

    @Test("counts a concurrency of nothing as one")
    func nothing() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 0))
        for id in 1...2 { limiter.take(job(Job.ID(id), "a"), isNew: true, now: start) }
        #expect(give(&limiter) == [1])
        #expect(RateLimit(count: 0, per: .seconds(1)).interval == .seconds(1))
        #expect(RateLimit(count: -1, per: .seconds(-1)).interval == .zero)
    }

    @Test("tells keys apart byte by byte")
    func exact() throws {
        var limiter = try limiter(WorkLimits(concurrencyPerKey: 1))
        for (id, key) in ["\u{e9}", "e\u{301}", "e\u{301}"].enumerated() {
            limiter.take(job(Job.ID(id), key), isNew: true, now: start)
        }
        #expect(give(&limiter) == [0, 1])
    }

    private func limiter(_ limits: WorkLimits, _ bounds: KeyLimiter.Bounds = .init()) throws -> KeyLimiter {
        let schedule = limits.ratePerKey.map { RateSchedule(interval: $0.interval) }
        return try #require(KeyLimiter(limits, schedule: schedule, bounds: bounds))
    }

    private func first(_ limiter: inout KeyLimiter) throws -> NextJob {
        let next = limiter.first(now: start)
        return try #require(next)
    }

    /// All that may be given now.
    private func give(_ limiter: inout KeyLimiter, now: MonotonicInstant? = nil) -> [Job.ID] {
        var ids: [Job.ID] = []
        while let next = limiter.first(now: now ?? start), let job = limiter.give(next, now: now ?? start) {
            ids.append(job.id)
        }
        return ids
    }

    private func job(_ id: Job.ID, _ key: String, priority: Int = 0, item: String = "x") -> Job {
        Job(id: id, runID: 1, item: item, priority: priority, key: key)
    }
}
