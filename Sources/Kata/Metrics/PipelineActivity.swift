import Synchronization

/// What became of a pipeline's jobs lately: minute by minute for an hour, and how long its latest attempts took. Begins anew with
/// the daemon.
final class PipelineActivity: Sendable {
    private struct Minute {
        var number: Int64 = -1
        var added = 0
        var done = 0
        var failed = 0
    }

    private struct State {
        /// The one that is under way, and those before it.
        var minute = Minute()
        var minutes = Array(repeating: Minute(), count: minuteCount)
        /// In milliseconds; the oldest is replaced next.
        var durations: [Int64] = []
        var next = 0

        /// Goes on to a minute, if that is another one.
        mutating func begin(_ number: Int64) {
            if number == minute.number { return }
            if minute.number >= 0 { minutes[Int(minute.number % Int64(minuteCount))] = minute }
            let known = minutes[Int(number % Int64(minuteCount))]
            // A clock that was set may have come by before.
            minute = known.number == number ? known : Minute(number: number)
        }

        mutating func add(duration: Int64) {
            if durations.count < durationCount {
                durations.append(duration)
            } else {
                durations[next] = duration
                next = next + 1 == durationCount ? 0 : next + 1
            }
        }
    }

    private static let minuteCount = 60
    private static let durationCount = 512
    private let state = Mutex(State())

    /// Takes in that jobs were added.
    func added(_ count: Int, at time: Timestamp) {
        state.withLock { state in
            state.begin(time.minute)
            state.minute.added += count
        }
    }

    /// Takes in an attempt that came to an end of its own.
    ///
    /// - Parameters:
    ///   - outcome: the state that its job is in then.
    ///   - duration: how long it took.
    func ended(_ outcome: JobState, at time: Timestamp, milliseconds duration: Int64) {
        state.withLock { state in
            state.begin(time.minute)
            if outcome == .done { state.minute.done += 1 } else if outcome == .failed { state.minute.failed += 1 }
            state.add(duration: duration)
        }
    }

    func summary(at now: Timestamp) -> ActivitySummary {
        let state = state.withLock { $0 }
        let last = now.minute
        let minutes = (last - Int64(Self.minuteCount) + 1...last).map { number in
            if state.minute.number == number { return state.minute }
            let minute = state.minutes[Int(number % Int64(Self.minuteCount))]
            return minute.number == number ? minute : Minute()
        }
        let durations = state.durations.sorted()
        func quantile(_ share: Double) -> Duration? {
            durations.isEmpty
                ? nil : .milliseconds(durations[min(durations.count - 1, Int(Double(durations.count) * share))])
        }
        return ActivitySummary(
            added: minutes.map(\.added), done: minutes.map(\.done), failed: minutes.map(\.failed),
            partOfLastMinute: Double(now.milliseconds % 60_000) / 60_000, median: quantile(0.5), most: quantile(0.95),
            durations: durations.map { .milliseconds($0) })
    }
}

/// What became of a pipeline's jobs in the last hour.
public struct ActivitySummary: Hashable, Sendable {
    /// How many jobs were added in each of 60 minutes, the latest last.
    public let added: [Int]
    /// How many jobs were done in each of them.
    public let done: [Int]
    /// How many jobs failed for good in each of them.
    public let failed: [Int]
    /// How much of the last minute is over, from 0 to 1.
    public let partOfLastMinute: Double
    /// What half of the latest attempts did not exceed; `nil` if there was none.
    public let median: Duration?
    /// What 95 of 100 of the latest attempts did not exceed.
    public let most: Duration?
    /// How long the latest attempts took, up to 512 of them, the shortest first.
    public let durations: [Duration]

    /// How many a second there were lately, as the last two minutes say, or else the hour.
    ///
    /// - Parameter counts: of 60 minutes.
    public func rate(of counts: [Int]) -> Double {
        let lately = counts.suffix(2).map(Double.init)
        guard lately.count == 2, lately[0] + lately[1] > 0 else { return Double(counts.reduce(0, +)) / 3_600 }
        return (lately[0] * (1 - partOfLastMinute) + lately[1]) / 60
    }
}

extension Timestamp {
    /// The number of its minute; from 0 on, as no clock is that wrong.
    fileprivate var minute: Int64 { max(0, milliseconds) / 60_000 }
}
