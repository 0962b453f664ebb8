import Testing

@testable import Kata

@Suite("The gate of a rate")
struct RateGateTests {
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private let key = ExactString("a")

    @Test("gives out one job, and the next one shortly before the turn that follows its beginning")
    func slow() {
        var gate = RateGate(RateSchedule(interval: .seconds(1)))
        #expect(gate.mayGive(key, now: start))
        gate.give(key)
        #expect(gate.time(for: key, now: start.advanced(by: .seconds(60))) == nil)
        let turn = start.advanced(by: .seconds(60))
        gate.begin(key, at: turn, isFirst: true, now: turn)
        let time = turn.advanced(by: .seconds(1) - RateGate.lead)
        #expect(gate.time(for: key, now: turn) == time)
        #expect(!gate.mayGive(key, now: time.advanced(by: .nanoseconds(-1))))
        #expect(gate.mayGive(key, now: time))
        #expect(gate.mayGive(ExactString("b"), now: turn), "another key has its own turns")
    }

    @Test("gives out as many jobs as have their turns within the lead")
    func fast() {
        var gate = RateGate(RateSchedule(interval: .milliseconds(1)))
        var count = 0
        while gate.mayGive(key, now: start) {
            gate.give(key)
            count += 1
        }
        #expect(count == 6)
        gate.begin(key, at: start, isFirst: true, now: start)
        #expect(gate.time(for: key, now: start) == start.advanced(by: .milliseconds(1)))
    }

    @Test("takes back a job that will not begin, and no more than were given out")
    func withdrawn() {
        var gate = RateGate(RateSchedule(interval: .seconds(1)))
        gate.give(key)
        for _ in 1...2 {
            gate.withdraw(key)
            #expect(gate.mayGive(key, now: start))
        }
    }
}
