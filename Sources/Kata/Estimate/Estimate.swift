/// How long a run takes, by theory: its sleeps and nothing else.
///
/// The producer puts item *k* at *k · interval* at the earliest and sleeps once more after the last one. With *W*
/// workers, item *k = qW + r* starts at *max(k · interval, r · interval + q · duration)*: either the producer sets the
/// pace, or the workers do, round after round. The size of the queue does not matter: a producer that has to wait for
/// room is ahead.
public struct Estimate: Hashable, Sendable {
    /// What sets the pace of a run.
    public enum Bottleneck: String, Sendable {
        /// Items come no faster, and the workers keep up; more of them would not help.
        case producer
        /// There are too few workers for the items that come; more of them would be faster.
        case consumers
    }

    /// How many items the run has; from 0 to 100,000,000,000.
    public let items: Int
    /// How many consumers there are; at least 1.
    public let workers: Int
    /// What the producer sleeps after each item.
    public let interval: Duration
    /// How long a consumer takes for an item.
    public let duration: Duration

    /// With more items, durations of a year could not be counted in seconds.
    private static let itemLimit = 100_000_000_000
    private static let durationLimit = Duration.seconds(366 * 86_400)

    /// An estimate for these numbers, each of them taken for the nearest that makes sense: 0 to 100,000,000,000 items, at
    /// least one worker, and durations of at most a year.
    public init(items: Int, workers: Int, interval: Duration, duration: Duration) {
        self.items = min(max(items, 0), Self.itemLimit)
        self.workers = max(workers, 1)
        self.interval = min(max(interval, .zero), Self.durationLimit)
        self.duration = min(max(duration, .zero), Self.durationLimit)
    }

    /// The time with these workers.
    public var predicted: Duration { time(workers: workers) }

    /// The time that no number of workers can beat.
    public var lowerBound: Duration { time(workers: max(items, 1)) }

    /// The least number of workers that reaches the lower bound; at least 1.
    public var workersNeeded: Int {
        var (low, high) = (1, max(items, 1))
        let bound = lowerBound
        while low < high {
            let middle = low + (high - low) / 2
            if time(workers: middle) <= bound { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// ``Bottleneck/producer`` if the workers are enough to reach the lower bound.
    public var bottleneck: Bottleneck { predicted <= lowerBound ? .producer : .consumers }

    /// The same work with another number of workers.
    public func with(workers: Int) -> Estimate {
        Estimate(items: items, workers: workers, interval: interval, duration: duration)
    }

    private func time(workers: Int) -> Duration {
        guard items > 0 else { return .zero }
        let (rounds, rest) = (items - 1).quotientAndRemainder(dividingBy: workers)
        let lastStart = max(interval * (items - 1), interval * rest + duration * rounds)
        return max(lastStart + duration, interval * items)
    }
}
