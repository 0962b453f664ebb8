public import Kata

/// What `GET /v1/status` and `kata-ctl status --json` say.
public struct StatusDocument: Codable, Hashable, Sendable {
    public enum State: String, Codable, Sendable {
        case running, draining
    }

    public struct Pipeline: Codable, Hashable, Sendable {
        public let name: String
        public let state: String
        public let queue: Queue
        public let workerCount: Int
        public let consumers: [Consumer]
        public let counts: Counts
        public let run: Run?
        public let drain: Drain?
    }

    public struct Queue: Codable, Hashable, Sendable {
        public let size: Int
        public let depth: Int
    }

    public struct Consumer: Codable, Hashable, Sendable {
        public let id: String
        public let state: String
        public let item: String?
        public let jobId: Int64?
        public let consumed: Int
        public let progress: String?
    }

    public struct Counts: Codable, Hashable, Sendable {
        public let pending: Int
        public let queued: Int
        public let running: Int
        public let scheduled: Int
        public let waiting: Int
        public let done: Int
        public let failed: Int
        public let cancelled: Int
    }

    public struct Run: Codable, Hashable, Sendable {
        public let id: Int64
        /// Missing if it is not known how many there will be.
        public let items: Int?
        public let produced: Int
        public let consumed: Int
        public let failed: Int
        public let elapsedSeconds: Double
        public let predictedSeconds: Double?
        public let lowerBoundSeconds: Double?
        public let etaSeconds: Double?
        public let finished: Bool
    }

    public struct Drain: Codable, Hashable, Sendable {
        public let finished: Int
        public let wentBack: Int
        public let cutOff: Int
        public let at: String
    }

    public let version: String
    public let pid: Int
    public let state: State
    public let uptimeSeconds: Double
    public let database: String
    public let pipelines: [Pipeline]

    public init(
        version: String, pid: Int, state: State, uptime: Duration, database: String, pipelines: [PipelineStatus]
    ) {
        self.version = version
        self.pid = pid
        self.state = state
        uptimeSeconds = uptime.roundedSeconds
        self.database = database
        self.pipelines = pipelines.map(Pipeline.init)
    }
}

extension StatusDocument.Pipeline {
    init(_ status: PipelineStatus) {
        name = status.name
        state = status.state.rawValue
        queue = .init(size: status.queueSize, depth: status.queueDepth)
        workerCount = status.workerCount
        consumers = status.consumers.map { consumer in
            .init(
                id: consumer.id,
                state: consumer.item == nil ? "idle" : "busy",
                item: consumer.item,
                jobId: consumer.jobID,
                consumed: consumer.consumed,
                progress: consumer.progress
            )
        }
        let counts = status.counts
        self.counts = .init(
            pending: counts.pending,
            queued: counts.queued,
            running: counts.running,
            scheduled: counts.scheduled,
            waiting: counts.waiting,
            done: counts.done,
            failed: counts.failed,
            cancelled: counts.cancelled
        )
        run = status.run.map { run in
            .init(
                id: run.id,
                items: run.items,
                produced: run.produced,
                consumed: run.consumed,
                failed: run.failed,
                elapsedSeconds: run.elapsed.roundedSeconds,
                predictedSeconds: run.estimate?.predicted.roundedSeconds,
                lowerBoundSeconds: run.estimate?.lowerBound.roundedSeconds,
                etaSeconds: run.remaining?.roundedSeconds,
                finished: run.isFinished
            )
        }
        drain = status.drain.map { receipt in
            .init(
                finished: receipt.finished,
                wentBack: receipt.wentBack,
                cutOff: receipt.cutOff,
                at: receipt.at.iso8601
            )
        }
    }
}

extension Duration {
    /// Seconds to the microsecond.
    var roundedSeconds: Double { (seconds * 1e6).rounded() / 1e6 }
}
