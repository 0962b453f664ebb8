/// What a registry has to know of a metric, besides what makes its values.
public struct MetricDescription: Hashable, Sendable {
    /// The bounds of durations in seconds, from a millisecond to an hour.
    public static let durations: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600,
    ]
    /// The bounds of durations that are mostly shorter, from a tenth of a millisecond on.
    public static let shortDurations: [Double] = [
        0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30,
    ]
    /// The bounds of numbers of things.
    public static let sizes: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

    public let name: String
    /// A sentence for people, on one line.
    public let help: String
    /// The upper bounds of a histogram's ranges; of no meaning for other metrics.
    public let bounds: [Double]

    public init(_ name: String, help: String, bounds: [Double] = MetricDescription.durations) {
        self.name = name
        self.help = help
        self.bounds = bounds
    }
}
