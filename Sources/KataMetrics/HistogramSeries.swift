import CoreMetrics
import Synchronization

/// Counts values by ranges.
final class HistogramSeries: TimerHandler, RecorderHandler {
    private struct State {
        var counts: [Int64]
        /// In the unit of what is recorded.
        var sum = 0.0
    }

    private let bounds: [Double]
    /// The same, in the unit of what is recorded.
    private let recordedBounds: [Double]
    private let unit: Double
    private let state: Mutex<State>

    /// - Parameters:
    ///   - bounds: the upper ones, in order.
    ///   - unit: of the values that are recorded, in that of the bounds.
    init(bounds: [Double], unit: Double) {
        self.bounds = bounds
        self.unit = unit
        // So that a value on a bound is on it: 0.001 / 1e-9 is a little less than a million.
        recordedBounds = bounds.map { ($0 / unit).rounded() }
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var value: HistogramValue {
        let state = state.withLock { $0 }
        return HistogramValue(bounds: bounds, counts: state.counts, sum: state.sum * unit)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let range = recordedBounds.firstIndex { value <= $0 } ?? recordedBounds.count
        state.withLock { state in
            state.counts[range] += 1
            state.sum += value
        }
    }
}
