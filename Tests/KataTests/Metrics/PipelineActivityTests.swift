import Testing

@testable import Kata

@Suite("The last hour of a pipeline")
struct PipelineActivityTests {
    private let activity = PipelineActivity()

    @Test("has what ended and what came, minute by minute, and forgets what is older")
    func minutes() {
        activity.added(5, at: time(0))
        activity.ended(.done, at: time(0, 59), milliseconds: 1)
        activity.ended(.failed, at: time(1), milliseconds: 1)
        activity.ended(.scheduled, at: time(1), milliseconds: 1)
        activity.ended(.done, at: time(59), milliseconds: 1)
        let summary = activity.summary(at: time(59, 30))
        #expect(summary.added.first == 5 && summary.added.reduce(0, +) == 5)
        #expect(summary.done.first == 1 && summary.done.last == 1 && summary.done.reduce(0, +) == 2)
        #expect(summary.failed[1] == 1 && summary.failed.reduce(0, +) == 1)
        #expect(summary.partOfLastMinute == 0.5)
        let later = activity.summary(at: time(60))
        #expect(later.done.reduce(0, +) == 1 && later.added.reduce(0, +) == 0)
        #expect(activity.summary(at: time(600)).done.reduce(0, +) == 0)
    }

    @Test("counts on where a clock was set back, and drops what lies an hour off")
    func setBack() {
        activity.ended(.done, at: time(10), milliseconds: 1)
        activity.ended(.done, at: time(5), milliseconds: 1)
        activity.ended(.done, at: time(10), milliseconds: 1)
        #expect(activity.summary(at: time(10)).done.suffix(6) == [1, 0, 0, 0, 0, 2])
        activity.ended(.done, at: time(70), milliseconds: 1)
        #expect(activity.summary(at: time(70)).done.reduce(0, +) == 1)
    }

    @Test("knows how long the latest attempts took")
    func durations() {
        #expect(activity.summary(at: time(0)).median == nil)
        for duration in 1...100 { activity.ended(.done, at: time(0), milliseconds: Int64(duration)) }
        #expect(activity.summary(at: time(0)).median == .milliseconds(51))
        #expect(activity.summary(at: time(0)).most == .milliseconds(96))
        for _ in 0..<512 { activity.ended(.done, at: time(0), milliseconds: 7) }
        #expect(activity.summary(at: time(0)).most == .milliseconds(7))
    }

    @Test("says how many a second there are")
    func rates() {
        for minute in 0..<60 { activity.added(60, at: time(minute)) }
        let summary = activity.summary(at: time(59, 30))
        // Half of the minute before, and all that there is of this one, which is only half over.
        #expect(summary.rate(of: summary.added) == 1.5)
        #expect(summary.rate(of: Array(repeating: 1, count: 58) + [0, 0]) == 58.0 / 3_600)
    }

    private func time(_ minute: Int, _ second: Int = 0) -> Timestamp {
        Timestamp(milliseconds: Int64((1_000 + minute) * 60_000 + second * 1_000))
    }
}
