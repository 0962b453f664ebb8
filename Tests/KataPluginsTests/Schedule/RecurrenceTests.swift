import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("A recurrence")
struct RecurrenceTests {
    @Test(
        "goes on from any time, be it one that a schedule never wrote",
        arguments: [Int64.min, .min + 1, .max - 1, .max])
    func extremes(milliseconds: Int64) throws {
        let now = Timestamp(milliseconds: 1_769_903_999_999)
        for recurrence in [
            Recurrence.every(milliseconds: 1_000), .every(milliseconds: 31_536_000_000),
            .cron(try CronExpression("0 3 * * *"), .utc),
        ] {
            let last = recurrence.last(after: Timestamp(milliseconds: milliseconds), through: now)
            #expect(milliseconds < 0 ? last.map { $0 <= now } == true : last == nil)
            #expect(recurrence.times(after: Timestamp(milliseconds: milliseconds), through: now, limit: 3).count <= 3)
        }
    }

    @Test("of every so often comes at the multiples of that time", arguments: [1_000, 1_500, 7_000, 86_400_000])
    func every(period: Int64) {
        let recurrence = Recurrence.every(milliseconds: period)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let quotient = Int64.random(in: -1_000...2_000_000, using: &generator)
            let multiple = Timestamp(milliseconds: quotient * period)
            let next = Timestamp(milliseconds: (quotient + 1) * period)
            let within = Int64.random(in: 1..<period, using: &generator)
            #expect(recurrence.next(after: multiple) == next)
            #expect(recurrence.next(after: Timestamp(milliseconds: multiple.milliseconds + within)) == next)
            #expect(recurrence.next(after: Timestamp(milliseconds: multiple.milliseconds - 1)) == multiple)
        }
    }

    @Test("gives the times and the last of them that one gets from time to time")
    func bruteForce() throws {
        let recurrences: [(Recurrence, reach: Int64)] = [
            (.every(milliseconds: 1_000), 100), (.every(milliseconds: 61_000), 10_000),
            (.every(milliseconds: 90_000_000), 40 * 86_400),
            (.cron(try CronExpression("0 3 * * *"), try #require(LocalTime(zone: "Europe/Berlin"))), 40 * 86_400),
            (.cron(try CronExpression("@monthly"), .utc), 400 * 86_400),
        ]
        var generator = SeededGenerator(seed: 5)
        for (recurrence, reach) in recurrences {
            for _ in 0..<10 {
                let start = Timestamp(
                    milliseconds: Int64.random(in: 1_700_000_000_000...1_800_000_000_000, using: &generator))
                let length = Int64.random(in: 0...reach, using: &generator) * 1_000
                let end = Timestamp(milliseconds: start.milliseconds + length)
                var expected: [Timestamp] = []
                var last = start
                while let next = recurrence.next(after: last), next <= end {
                    expected.append(next)
                    last = next
                }
                #expect(recurrence.times(after: start, through: end, limit: .max) == expected)
                #expect(recurrence.times(after: start, through: end, limit: 3) == Array(expected.prefix(3)))
                #expect(recurrence.last(after: start, through: end) == expected.last)
            }
        }
    }

    @Test("counts a time at the end and none at the beginning")
    func bounds() {
        let recurrence = Recurrence.every(milliseconds: 1_000)
        let (one, two) = (Timestamp(milliseconds: 1_000), Timestamp(milliseconds: 2_000))
        #expect(recurrence.times(after: one, through: two, limit: 9) == [two])
        #expect(recurrence.last(after: one, through: two) == two)
        #expect(recurrence.last(after: two, through: two) == nil)
        #expect(recurrence.last(after: two, through: one) == nil)
        #expect(recurrence.times(after: two, through: one, limit: 9).isEmpty)
    }

    @Test("has no times if it never comes")
    func never() throws {
        let recurrence = Recurrence.cron(try CronExpression("0 0 30 2 *"), .utc)
        #expect(recurrence.next(after: .sampleStart) == nil)
        #expect(recurrence.last(after: .sampleStart, through: .sample(after: .seconds(86_400))) == nil)
    }
}
