import Testing

@testable import Kata

@Suite("The pace of a feed")
struct PaceTests {
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private let key = ExactString("a")

    @Test("gives out one job, and the next one shortly before the turn that follows its beginning")
    func slow() {
        var pace = Pace(Pacer(interval: .seconds(1)))
        #expect(pace.mayGive(key, now: start))
        pace.give(key)
        #expect(pace.time(for: key, now: start.advanced(by: .seconds(60))) == nil)
        let turn = start.advanced(by: .seconds(60))
        pace.begin(key, at: turn, isFirst: true, now: turn)
        let time = turn.advanced(by: .seconds(1) - Pace.lead)
        #expect(pace.time(for: key, now: turn) == time)
        #expect(!pace.mayGive(key, now: time.advanced(by: .nanoseconds(-1))))
        #expect(pace.mayGive(key, now: time))
        #expect(pace.mayGive(ExactString("b"), now: turn), "another key has its own turns")
    }

    @Test("gives out as many jobs as have their turns within the lead")
    func fast() {
        var pace = Pace(Pacer(interval: .milliseconds(1)))
        var count = 0
        while pace.mayGive(key, now: start) {
            pace.give(key)
            count += 1
        }
        #expect(count == 6)
        pace.begin(key, at: start, isFirst: true, now: start)
        #expect(pace.time(for: key, now: start) == start.advanced(by: .milliseconds(1)))
    }

    @Test("takes back a job that will not begin, and no more than were given out")
    func withdrawn() {
        var pace = Pace(Pacer(interval: .seconds(1)))
        pace.give(key)
        for _ in 1...2 {
            pace.withdraw(key)
            #expect(pace.mayGive(key, now: start))
        }
    }
}
