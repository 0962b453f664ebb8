public import CoreMetrics
import Synchronization

/// Keeps the values of all instruments that it makes, to be read by whoever asks.
///
/// An instrument with the same label and the same dimensions is the same one, so whoever makes it again goes on where the other has
/// stopped. Instruments are never thrown away: a total that began anew would look like the program's new start.
public final class MetricRegistry: MetricsFactory {
    private struct Key: Hashable {
        let label: String
        let dimensions: [MetricFamily.Label]
    }

    private enum Instrument {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    private let descriptions: [String: MetricDescription]
    private let instruments = Mutex<[Key: Instrument]>([:])

    /// - Parameter descriptions: of the metrics that are known. Others can be made, too, and have the usual bounds and no help.
    public init(_ descriptions: [MetricDescription] = []) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let made = instrument(label, dimensions) { _ in .counter(CounterSeries()) }
        // One of another kind has the name: what is counted here is not shown.
        guard case .counter(let series) = made else { return CounterSeries() }
        return series
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, unit: 1) : gauge(label, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, unit: 1e-9)
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// All values as they are now, in order of the names.
    public var families: [MetricFamily] {
        let all = instruments.withLock { $0 }
        return Dictionary(grouping: all, by: \.key.label)
            .sorted { $0.key < $1.key }
            .compactMap { label, instruments in
                let series = instruments.sorted { $0.key.dimensions.lexicographicallyPrecedes($1.key.dimensions) }
                    .map { key, instrument in
                        MetricFamily.Series(key.dimensions, Self.value(of: instrument))
                    }
                guard let first = instruments.first?.value else { return nil }
                return MetricFamily(label, Self.kind(of: first), help: descriptions[label]?.help ?? "", series)
            }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let made = instrument(label, dimensions) { _ in .gauge(GaugeSeries()) }
        guard case .gauge(let series) = made else { return GaugeSeries() }
        return series
    }

    /// - Parameter unit: of the values that are recorded, in that of the metric.
    private func histogram(_ label: String, _ dimensions: [(String, String)], unit: Double) -> HistogramSeries {
        let make = { (description: MetricDescription?) in
            HistogramSeries(bounds: description?.bounds ?? MetricDescription.durations, unit: unit)
        }
        let made = instrument(label, dimensions) { .histogram(make($0)) }
        guard case .histogram(let series) = made else { return make(nil) }
        return series
    }

    private func instrument(
        _ label: String, _ dimensions: [(String, String)], _ make: (MetricDescription?) -> Instrument
    ) -> Instrument {
        let key = Key(label: label, dimensions: dimensions.map { MetricFamily.Label($0.0, $0.1) })
        return instruments.withLock { instruments in
            if let known = instruments[key] { return known }
            let made = make(descriptions[label])
            // All series of a name are of one kind.
            let other = instruments.first { $0.key.label == label }
            if other.map({ Self.kind(of: $0.value) != Self.kind(of: made) }) ?? false { return made }
            instruments[key] = made
            return made
        }
    }

    private static func kind(of instrument: Instrument) -> MetricFamily.Kind {
        switch instrument {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }

    private static func value(of instrument: Instrument) -> MetricFamily.Value {
        switch instrument {
        case .counter(let series): .number(Double(series.total))
        case .gauge(let series): .number(series.value)
        case .histogram(let series): .histogram(series.value)
        }
    }
}

extension MetricFamily.Label: Comparable {
    public static func < (left: Self, right: Self) -> Bool { (left.name, left.value) < (right.name, right.value) }
}
