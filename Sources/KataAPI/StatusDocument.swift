public import Kata

/// What `GET /v1/status` and `kata-ctl status --json` say.
public struct StatusDocument: Codable, Hashable, Sendable {
    /// What the daemon as a whole is doing.
    public enum State: String, Codable, Sendable {
        /// The daemon waits for its store, pipelines work, or it takes no more and then ends.
        case starting, running, draining
    }

    /// What one pipeline is doing.
    public struct Pipeline: Codable, Hashable, Sendable {
        /// The pipeline's name, unique within a daemon.
        public let name: String
        /// `running` while a run is under way, `idle` without a run or without work, `paused`, `draining`, `waiting`
        /// while the handler can do no job or the source gives none, or `failed` while the pipeline can't work.
        public let state: String
        /// What keeps the pipeline from work; missing if nothing does.
        public let reason: String?
        /// Since when that has been so, in ISO 8601; missing if nothing does, or if it is not known.
        public let since: String?
        /// The bounded queue between producer and consumers.
        public let queue: Queue
        /// How many consumers the pipeline is to have. For a moment after it was scaled down there are more.
        public let workerCount: Int
        /// In order of their ids; those that are about to leave come last.
        public let consumers: [Consumer]
        /// All jobs of the pipeline by state.
        public let counts: Counts
        /// The run under way, or the latest one; missing before the first run.
        public let run: Run?
        /// The receipt of the drain under way, or of the last one; missing before the first drain.
        public let drain: Drain?
        /// What keeps the pipeline itself, its handler, its source or its export from working now, which are tried again,
        /// and which successes are overdue; as sentences for people; missing if there is none.
        public let problems: [String]?
        /// What attempts have cost since the daemon started; missing if none of them had a process.
        public let cost: Cost?
    }

    /// How full the queue is.
    public struct Queue: Codable, Hashable, Sendable {
        /// How many jobs fit on the queue.
        public let size: Int
        /// How many jobs are on it.
        public let depth: Int
    }

    /// What one consumer is doing.
    public struct Consumer: Codable, Hashable, Sendable {
        /// `c1`, `c2`, …, unique within the pipeline.
        public let id: String
        /// `busy` with a job in hand, or else `idle`.
        public let state: String
        /// The item in hand; missing if the consumer is idle. Of a long one the beginning, with `…` behind it.
        public let item: String?
        /// How many bytes the whole item has; missing unless it is cut.
        public let itemBytes: Int?
        /// `true` if the item is cut; missing otherwise.
        public let itemCut: Bool?
        /// The job of that item; missing if the consumer is idle.
        public let jobId: Int64?
        /// How many attempts the consumer has ended in this run since the daemon started, done or failed; those that a
        /// drain or a cancellation cut off do not count.
        public let consumed: Int
        /// How far the job in hand is, as its handler says; missing if the handler says nothing. Cut as the item is.
        public let progress: String?
        /// The same as a share, 0 to 1; missing if the handler says no number.
        public let progressFraction: Double?
    }

    /// Jobs of all runs of a pipeline.
    public struct Counts: Codable, Hashable, Sendable {
        /// Jobs that wait in the database for a place on the queue.
        public let pending: Int
        /// Jobs on the queue.
        public let queued: Int
        /// Jobs in a consumer's hands.
        public let running: Int
        /// Jobs whose time has not come.
        public let scheduled: Int
        /// Jobs that wait for other jobs.
        public let waiting: Int
        /// Jobs that were done, pruned ones included.
        public let done: Int
        /// Jobs that failed for good, pruned ones included.
        public let failed: Int
        /// Jobs that were cancelled, pruned ones included.
        public let cancelled: Int
    }

    /// How far a run is.
    public struct Run: Codable, Hashable, Sendable {
        /// Unique within a database; later runs have larger ids.
        public let id: Int64
        /// Which run of its pipeline it is, from 1; missing from a daemon that does not know.
        public let number: Int?
        /// How many items the run has; missing if that is not known.
        public let items: Int?
        /// How many items were put on the queue. An item that is put there again counts again, until the daemon is
        /// restarted.
        public let produced: Int
        /// How many items are done. Each has a result, or gets it with the next commit.
        public let consumed: Int
        /// How many items have failed for good.
        public let failed: Int
        /// The time spent on the run, in seconds, without the time when the daemon was not running.
        public let elapsedSeconds: Double
        /// How long the whole run takes by theory, in seconds; missing if the number of items is not known, or the
        /// handler does not know how long an item takes.
        public let predictedSeconds: Double?
        /// How long the whole run takes at the least by theory, in seconds, however many workers there are; missing
        /// where `predicted_seconds` is.
        public let lowerBoundSeconds: Double?
        /// The time that is probably left, in seconds, by theory or else by the rate so far; 0 once the run is
        /// finished; missing if the number of items is not known, or there is no theory and no item is finished yet.
        public let etaSeconds: Double?
        /// Whether nothing of the run is left to do.
        public let finished: Bool
    }

    /// What a drain did with the jobs that were on the queue or in hand when it began.
    public struct Drain: Codable, Hashable, Sendable {
        /// Jobs that were done or failed.
        public let finished: Int
        /// Jobs that went back to pending without having been started.
        public let wentBack: Int
        /// Jobs that were cut off in a handler's hands and went back to pending, at no attempt's cost.
        public let cutOff: Int
        /// When the drain ended, in ISO 8601; of a drain under way, the time of this document.
        public let at: String
    }

    /// A pipeline that the configuration does not have, with jobs to do in the database.
    public struct UnknownPipeline: Codable, Hashable, Sendable {
        /// The name that it had.
        public let name: String
        /// How many of its jobs are not finished.
        public let unfinished: Int

        /// - Parameter unfinished: how many of its jobs are not finished.
        public init(name: String, unfinished: Int) {
            self.name = name
            self.unfinished = unfinished
        }
    }

    /// The daemon's version.
    public let version: String
    /// The daemon's process id.
    public let pid: Int
    /// Whether the daemon is draining.
    public let state: State
    /// How long ago the daemon started, in seconds.
    public let uptimeSeconds: Double
    /// The path of the database, as it was configured.
    public let database: String
    /// Whether results and jobs can be recorded; missing from a daemon that does not know of it.
    public let store: Store?
    /// Whether the daemon gets on; missing from a daemon that does not know of it.
    public let progress: Progress?
    /// In the order of the configuration; pipelines that it no longer has, and that are on their way out, come last.
    public private(set) var pipelines: [Pipeline]

    /// Pipelines that the configuration does not have, with jobs to do, as of the start or the last reload; missing if there
    /// is none.
    public private(set) var unknownPipelines: [UnknownPipeline]?

    /// The same of one pipeline alone; `nil` if there is none of that name.
    public func only(_ pipeline: String) -> StatusDocument? {
        var document = self
        document.pipelines = pipelines.filter { $0.name == pipeline }
        document.unknownPipelines = nil
        return document.pipelines.isEmpty ? nil : document
    }

    /// - Parameters:
    ///   - uptime: since the daemon started.
    ///   - database: its path.
    ///   - store: whether results and jobs can be recorded.
    ///   - stalls: the parts that do not get on.
    ///   - pipelines: in the order in which they are to be listed.
    ///   - unknownPipelines: those that the configuration does not have, with jobs to do.
    public init(
        version: String, pid: Int, state: State, uptime: Duration, database: String, store: Store,
        stalls: [ProgressStall] = [], pipelines: [PipelineStatus],
        unknownPipelines: [UnknownPipeline] = []
    ) {
        self.unknownPipelines = unknownPipelines.isEmpty ? nil : unknownPipelines
        self.version = version
        self.pid = pid
        self.state = state
        uptimeSeconds = uptime.roundedSeconds
        self.database = database
        self.store = store
        progress = Progress(stalls)
        let consumers = pipelines.reduce(0) { $0 + $1.consumers.count }
        let textLimit = min(Self.textLimit, Self.textBudget / max(1, consumers))
        self.pipelines = pipelines.map { Pipeline($0, textLimit: textLimit) }
    }

    /// How many bytes of an item, and of a progress, a status has.
    public static let textLimit = 1 << 10
    /// How many bytes the items of all consumers have at the most: of more than a thousand consumers each has less than
    /// ``textLimit``. The same for what they say of their progress.
    public static let textBudget = 1 << 20
}

extension StatusDocument.Pipeline {
    init(_ status: PipelineStatus, textLimit: Int) {
        name = status.name
        state = status.state.rawValue
        reason = status.trouble.map { $0.reason.shortened(to: 500) }
        since = status.trouble?.since?.iso8601
        queue = .init(size: status.queueSize, depth: status.queueDepth)
        workerCount = status.workerCount
        consumers = status.consumers.map { consumer in
            let item = consumer.item.map { CutText(ShownItem($0).text, limit: textLimit) }
            let isCut = item?.isCut ?? false
            return .init(
                id: consumer.id,
                state: item == nil ? "idle" : "busy",
                item: item?.marked,
                itemBytes: isCut ? item?.bytes : nil,
                itemCut: isCut ? true : nil,
                jobId: consumer.jobID,
                consumed: consumer.consumed,
                progress: consumer.progress.map { CutText($0.description, limit: textLimit).marked },
                progressFraction: consumer.progress?.fraction
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
                number: run.number,
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
        problems = status.problems.isEmpty ? nil : status.problems
        cost = status.cost.map(StatusDocument.Cost.init)
    }
}
