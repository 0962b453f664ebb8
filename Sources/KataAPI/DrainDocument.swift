public import Kata

/// What `GET /v1/drain` and `kata-ctl drain --dry-run --json` say: what a drain would do; and what `POST /v1/drain`
/// answers, which begins it.
public struct DrainDocument: Codable, Hashable, Sendable {
    /// What a drain would do with the jobs of one pipeline.
    public struct Pipeline: Codable, Hashable, Sendable {
        /// The pipeline's name, unique within a daemon.
        public let name: String
        /// How many jobs are on the queue.
        public let queued: Int
        /// How many jobs are in a handler's hands.
        public let running: Int
        /// How many of the jobs on the queue or in hand would be finished in time; missing if nobody knows how long a
        /// job takes, how many jobs on the queue a limited rate would hold back, or whether a handler that is down works again.
        public let wouldFinish: Int?
        /// How many of the jobs on the queue or in hand would go back to pending, not begun or cut off; missing where
        /// `would_finish` is.
        public let wouldGoBack: Int?
        /// When the last of these jobs would be finished or given up, in seconds from the beginning of the drain, at
        /// most `drain_timeout_seconds`; missing where `would_finish` is.
        public let withinSeconds: Double?
    }

    /// How long a drain may take before what is not finished is given up, in seconds, as configured.
    public let drainTimeoutSeconds: Double
    /// All pipelines of the daemon, in the order of the configuration.
    public let pipelines: [Pipeline]

    /// - Parameters:
    ///   - forecasts: one for each pipeline.
    ///   - timeout: how long a drain may take.
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
