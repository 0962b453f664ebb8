import CoreMetrics
import Synchronization

/// Counts values by ranges.
///
/// Each job is counted in two of them, so there is no lock: a value that is read while another one is recorded may be in the counts
/// and not in the sum yet.
final class HistogramSeries: TimerHandler, RecorderHandler {
    private let bounds: [Double]
    /// The same in the unit of what is recorded.
    private let recordedBounds: [Int64]
    private let unit: Double
    /// Of each range between two bounds, and of what is above the last one.
    private let counts: [CounterSeries]
    /// In the unit of what is recorded.
    private let sum = Atomic<Int64>(0)

    /// - Parameters:
    ///   - bounds: the upper ones, in order.
    ///   - unit: of the values that are recorded, in that of the bounds.
    init(bounds: [Double], unit: Double) {
        self.bounds = bounds
        self.unit = unit
        // So that a value on a bound is on it: 0.001 / 1e-9 is a little less than a million.
        recordedBounds = bounds.map { Int64(($0 / unit).rounded()) }
        counts = (0...bounds.count).map { _ in CounterSeries() }
    }

    var value: HistogramValue {
        HistogramValue(
            bounds: bounds, counts: counts.map(\.total),
            sum: Double(sum.load(ordering: .relaxed)) * unit)
    }

    func recordNanoseconds(_ duration: Int64) { record(duration) }

    func record(_ value: Int64) {
        var range = 0
        while range < recordedBounds.count, value > recordedBounds[range] { range += 1 }
        counts[range].increment(by: 1)
        sum.wrappingAdd(value, ordering: .relaxed)
    }

    /// A value of which what is behind the point does not count.
    func record(_ value: Double) {
        record(Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max))
    }
}
