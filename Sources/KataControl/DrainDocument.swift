public import Kata

/// What `GET /v1/drain` and `kata-ctl drain --dry-run --json` say: what a drain would do; and what `POST /v1/drain`
/// answers, which begins it.
public struct DrainDocument: Codable, Hashable, Sendable {
    public struct Pipeline: Codable, Hashable, Sendable {
        public let name: String
        public let queued: Int
        public let running: Int
        /// How many would be finished; missing if nobody knows how long a job takes.
        public let wouldFinish: Int?
        public let wouldGoBack: Int?
        public let withinSeconds: Double?
    }

    public let drainTimeoutSeconds: Double
    public let pipelines: [Pipeline]

    public init(_ forecasts: [DrainForecast], timeout: Duration) {
        drainTimeoutSeconds = timeout.roundedSeconds
        pipelines = forecasts.map { forecast in
            Pipeline(
                name: forecast.pipeline,
                queued: forecast.queued,
                running: forecast.running,
                wouldFinish: forecast.finished,
                wouldGoBack: forecast.finished.map { forecast.queued + forecast.running - $0 },
                withinSeconds: forecast.within?.roundedSeconds
            )
        }
    }
}
