/// All series of one name at one moment.
public struct MetricFamily: Hashable, Sendable {
    /// What its values mean.
    public enum Kind: String, Sendable {
        /// A total that only grows, until the program begins anew. Its name ends in `_total`.
        case counter
        /// A value that goes up and down.
        case gauge
        /// How many values were up to certain bounds.
        case histogram
    }

    /// One series: the value for certain labels.
    public struct Series: Hashable, Sendable {
        /// Names and values, in order.
        public let labels: [Label]
        public let value: Value

        /// The series for those labels.
        public init(_ labels: [Label], _ value: Value) {
            self.labels = labels
            self.value = value
        }

        /// The one series of a metric without labels.
        public init(_ value: Value) {
            self.init([], value)
        }
    }

    public struct Label: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public enum Value: Hashable, Sendable {
        case number(Double)
        case histogram(HistogramValue)
    }

    public let name: String
    /// A sentence for people, on one line.
    public let help: String
    public let kind: Kind
    public let series: [Series]

    public init(_ name: String, _ kind: Kind, help: String, _ series: [Series]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.series = series
    }
}

/// What a histogram has seen.
public struct HistogramValue: Hashable, Sendable {
    /// The upper bounds, in order, each included.
    public let bounds: [Double]
    /// How many values lie in each range between two bounds, and above the last one.
    public let counts: [Int64]
    /// The values added up.
    public let sum: Double

    /// - Precondition: there is one count more than bounds.
    public init(bounds: [Double], counts: [Int64], sum: Double) {
        precondition(counts.count == bounds.count + 1, "a histogram has one range more than bounds")
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }
}
