import Testing

@testable import Kata

@Suite("The limiter of keys")
struct KeyLimiterTests {
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)

    @Test("lets jobs without a key pass, and those of other keys")
    func others() {
        var limiter = KeyLimiter(WorkLimits(concurrencyPerKey: 1))
        #expect(limiter.admit(job(1, "a"), now: start)?.id == 1)
        for id in 2...5 { #expect(limiter.admit(job(Job.ID(id), "a"), now: start) == nil) }
        for id in 6...9 { #expect(limiter.admit(job(Job.ID(id), nil), now: start)?.id == Job.ID(id)) }
        #expect(limiter.admit(job(10, "b"), now: start)?.id == 10)
        #expect(limiter.heldCount == 4)
        #expect(limiter.nextTurn(now: start) == nil, "nothing that time would bring")
    }

    @Test("gives held jobs of a key in order, each when one is over")
    func order() {
        var limiter = KeyLimiter(WorkLimits(concurrencyPerKey: 2))
        for id in 1...6 { _ = limiter.admit(job(Job.ID(id), "a"), now: start) }
        #expect(limiter.release(now: start) == nil)
        for id in 3...6 {
            limiter.end("a")
            #expect(limiter.release(now: start)?.id == Job.ID(id))
            #expect(limiter.release(now: start) == nil)
        }
        #expect(limiter.heldCount == 0)
    }

    @Test("lets nobody overtake a held job of its key")
    func noOvertaking() {
        var limiter = KeyLimiter(WorkLimits(concurrencyPerKey: 1))
        _ = limiter.admit(job(1, "a"), now: start)
        _ = limiter.admit(job(2, "a"), now: start)
        limiter.end("a")
        #expect(limiter.admit(job(3, "a"), now: start) == nil, "2 is first")
        #expect(limiter.release(now: start)?.id == 2)
    }

    @Test("spaces the jobs of a key, and says when the next one may begin")
    func rate() {
        var limiter = KeyLimiter(WorkLimits(ratePerKey: RateLimit(count: 10, per: .seconds(1))))
        for id in 1...3 { _ = limiter.admit(job(Job.ID(id), "a"), now: start) }
        limiter.end("a")
        for id in 2...3 {
            let turn = start.advanced(by: .milliseconds(100 * (id - 1)))
            #expect(limiter.nextTurn(now: start) == turn)
            #expect(limiter.release(now: turn.advanced(by: .nanoseconds(-1))) == nil)
            #expect(limiter.release(now: turn)?.id == Job.ID(id))
        }
        #expect(limiter.nextTurn(now: start) == nil)
    }

    @Test("remembers the last beginning of a key when none of its jobs is left")
    func rateAfterEnd() {
        var limiter = KeyLimiter(WorkLimits(ratePerKey: RateLimit(count: 1, per: .seconds(1))))
        _ = limiter.admit(job(1, "a"), now: start)
        limiter.end("a")
        let soon = start.advanced(by: .milliseconds(999))
        #expect(limiter.admit(job(2, "a"), now: soon) == nil)
        #expect(limiter.release(now: start.advanced(by: .seconds(1)))?.id == 2)
    }

    @Test("takes out what was cancelled, and only what it holds")
    func removed() {
        var limiter = KeyLimiter(WorkLimits(concurrencyPerKey: 1))
        for id in 1...4 { _ = limiter.admit(job(Job.ID(id), "a"), now: start) }
        #expect(limiter.remove([1, 3, 9]) == [3])
        #expect(limiter.heldCount == 2)
        limiter.end("a")
        #expect(limiter.release(now: start)?.id == 2)
        #expect(limiter.remove([4]) == [4])
        limiter.end("a")
        #expect(limiter.release(now: start) == nil)
        #expect(limiter.admit(job(5, "a"), now: start)?.id == 5)
    }

    @Test("is full at ten thousand jobs")
    func full() {
        var limiter = KeyLimiter(WorkLimits(concurrencyPerKey: 1))
        for id in 1...10_000 { _ = limiter.admit(job(Job.ID(id), "a"), now: start) }
        #expect(!limiter.isFull)
        _ = limiter.admit(job(10_001, "a"), now: start)
        #expect(limiter.isFull)
        limiter.end("a")
        _ = limiter.release(now: start)
        #expect(!limiter.isFull)
    }

    @Test("is full by the bytes that it holds, as by the jobs")
    func bytes() {
        var limiter = KeyLimiter(WorkLimits(concurrencyPerKey: 1))
        let item = String(repeating: "x", count: 1 << 20)
        _ = limiter.admit(job(1, "a"), now: start)
        for id in 2...16 {
            _ = limiter.admit(job(Job.ID(id), "a", item: item), now: start)
            #expect(!limiter.isFull, "after \(limiter.heldSize) bytes")
        }
        _ = limiter.admit(job(17, "a", item: item), now: start)
        #expect(limiter.isFull && limiter.heldSize == 16 << 20)
        limiter.end("a")
        #expect(limiter.release(now: start)?.id == 2)
        #expect(!limiter.isFull && limiter.heldSize == 15 << 20)
        _ = limiter.remove([3])
        #expect(limiter.heldSize == 14 << 20)
    }

    private func job(_ id: Job.ID, _ key: String?, item: String = "x") -> Job {
        Job(id: id, runID: 1, item: item, key: key)
    }
}
