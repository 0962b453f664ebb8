public import Kata

/// What `GET /v1/estimate` and `kata-ctl estimate --json` say of one pipeline.
public struct EstimateDocument: Codable, Hashable, Sendable {
    /// The prediction for another number of workers.
    public struct Point: Codable, Hashable, Sendable {
        public let workers: Int
        public let predictedSeconds: Double
    }

    public let pipeline: String
    public let items: Int
    public let workers: Int
    public let predictedSeconds: Double
    public let lowerBoundSeconds: Double
    /// The least number of workers that reaches the lower bound.
    public let workersNeeded: Int
    /// `producer` or `consumers`.
    public let bottleneck: String
    public let predictions: [Point]

    public init(pipeline: String, estimate: Estimate) {
        self.pipeline = pipeline
        items = estimate.items
        workers = estimate.workers
        predictedSeconds = estimate.predicted.roundedSeconds
        lowerBoundSeconds = estimate.lowerBound.roundedSeconds
        workersNeeded = estimate.workersNeeded
        bottleneck = estimate.bottleneck.rawValue
        predictions = Self.interestingWorkers(estimate).map { workers in
            Point(workers: workers, predictedSeconds: estimate.with(workers: workers).predicted.roundedSeconds)
        }
    }

    /// From one worker to a little more than are needed, in at most about a dozen steps, and those asked for.
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
