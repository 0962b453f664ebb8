public import Kata

/// What `GET /v1/estimate` and `kata-ctl estimate --json` say of one pipeline.
public struct EstimateDocument: Codable, Hashable, Sendable {
    /// The prediction for another number of workers.
    public struct Point: Codable, Hashable, Sendable {
        /// How many workers this prediction is for.
        public let workers: Int
        /// How long a run would take with that many workers, in seconds.
        public let predictedSeconds: Double
    }

    /// The pipeline's name.
    public let pipeline: String
    /// How many items a run has.
    public let items: Int
    /// What the producer sleeps after each item, in seconds; missing from a daemon of 0.1.
    public let intervalSeconds: Double?
    /// How long a worker takes for an item, in seconds; missing from a daemon of 0.1.
    public let durationSeconds: Double?
    /// How many workers the prediction is for: as many as were asked for, or else as many as the pipeline has.
    public let workers: Int
    /// How long a run takes with that many workers, in seconds: its sleeps and nothing else, so no run is shorter.
    public let predictedSeconds: Double
    /// How long a run takes at the least, in seconds, however many workers there are.
    public let lowerBoundSeconds: Double
    /// The least number of workers that reaches the lower bound.
    public let workersNeeded: Int
    /// What sets the pace: `producer` if more workers would not help, or else `consumers`.
    public let bottleneck: String
    /// Predictions for other numbers of workers, in increasing order, from one to a few more than are needed.
    public let predictions: [Point]

    /// - Parameters:
    ///   - pipeline: the pipeline's name.
    ///   - estimate: with the number of workers that is asked about.
    public init(pipeline: String, estimate: Estimate) {
        self.pipeline = pipeline
        items = estimate.items
        intervalSeconds = estimate.interval.seconds
        durationSeconds = estimate.duration.seconds
        workers = estimate.workers
        predictedSeconds = estimate.predicted.roundedSeconds
        lowerBoundSeconds = estimate.lowerBound.roundedSeconds
        workersNeeded = estimate.workersNeeded
        bottleneck = estimate.bottleneck.rawValue
        predictions = Self.interestingWorkers(estimate).map { workers in
            Point(workers: workers, predictedSeconds: estimate.with(workers: workers).predicted.roundedSeconds)
        }
    }

    /// From one worker to a little more than are needed, in at most 23 steps, with the number needed and the number
    /// asked for.
    private static func interestingWorkers(_ estimate: Estimate) -> [Int] {
        let limit = min(
            estimate.workersNeeded + max(2, estimate.workersNeeded / 5), PipelineConfiguration.workerCounts.upperBound)
        let step = max(1, limit / 12)
        let range = stride(from: step, through: limit, by: step)
        return Set(range).union([1, estimate.workersNeeded, estimate.workers])
            .filter { PipelineConfiguration.workerCounts.contains($0) }
            .sorted()
    }
}
