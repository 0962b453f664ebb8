import Testing

@testable import Kata

/// Times and durations come from databases, plugins and programs, and none of them may end this one.
@Suite("Times at the ends of what can be told")
struct ExtremeTimeTests {
    private let times = [Int64.min, .min + 1, .max - 1, .max].map { Timestamp(milliseconds: $0) }
    private let durations = [
        Duration.seconds(Int64.min), .seconds(Int64.max), .milliseconds(Int64.min), .milliseconds(Int64.max), .zero,
        .nanoseconds(1), .nanoseconds(-1),
    ]

    @Test("have a text")
    func text() {
        for time in times { #expect(time.iso8601.hasSuffix("Z")) }
        #expect(Timestamp(milliseconds: -86_400_000).iso8601 == "1969-12-31T00:00:00.000Z")
    }

    @Test("stay there when more is added")
    func advanced() {
        for time in times {
            for duration in durations {
                let later = time.advanced(by: duration)
                #expect(duration < .zero ? later <= time : later >= time)
            }
        }
        #expect(Timestamp(milliseconds: .max).advanced(by: .nanoseconds(1)).milliseconds == .max)
        #expect(Timestamp(milliseconds: 0).advanced(by: .seconds(Int64.max)).milliseconds == .max)
    }

    @Test("are as far apart as they are")
    func distance() {
        #expect(times[0].duration(to: times[3]) == .milliseconds(Int64.max) - .milliseconds(Int64.min))
    }

    @Test("count no more units than there is room for")
    func units() {
        #expect(Duration.seconds(Int64.max).milliseconds == .max && Duration.seconds(Int64.min).milliseconds == .min)
        #expect(Duration.seconds(Int64.max).microseconds == .max && Duration.seconds(Int64.min).microseconds == .min)
        #expect(Duration.microseconds(1_999).milliseconds == 1 && Duration.microseconds(-1_999).milliseconds == -1)
        #expect(Duration.milliseconds(Int64.max).milliseconds == .max)
    }

    @Test("make a job that can be handed over", arguments: [Duration.seconds(Int64.max), .milliseconds(1)])
    func job(timeout: Duration) {
        let job = NewJob(item: "x", timeout: timeout).job(id: 1, run: 1)
        #expect(job.timeout == .milliseconds(timeout.milliseconds))
    }
}
