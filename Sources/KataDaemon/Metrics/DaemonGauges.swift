import Glibc
import Kata
import KataAPI
import KataMetrics

/// What a daemon is like at one moment, as metrics.
struct DaemonGauges {
    /// A pipeline at that moment.
    struct PipelineState {
        let status: PipelineStatus
        /// `nil` if the store gives no answer.
        let ages: PipelineAges?
        /// The next time of each entry of its schedule that is not paused.
        let nextTimes: [(entry: String, time: Timestamp)]
        /// How many of its handler's processes have ended by themselves.
        let restarts: Int?
    }

    let version: String
    let isDraining: Bool
    let outage: StoreOutage?
    let files: (database: Int64?, log: Int64?)
    let pipelines: [PipelineState]

    var families: [MetricFamily] {
        jobs + queues + ages + daemon
    }

    private var jobs: [MetricFamily] {
        [
            perPipeline("kata_jobs", help: "Jobs by state; those that were pruned stay counted.") { pipeline in
                let counts = pipeline.status.counts
                return [
                    ("pending", counts.pending), ("queued", counts.queued), ("running", counts.running),
                    ("scheduled", counts.scheduled), ("waiting", counts.waiting), ("done", counts.done),
                    ("failed", counts.failed), ("cancelled", counts.cancelled),
                ].map { state, count in ([MetricFamily.Label("state", state)], Double(count)) }
            },
            perPipeline("kata_plugin_restarts_total", .counter, help: "Processes of plugins that ended by themselves.")
            {
                pipeline in pipeline.restarts.map { [([], Double($0))] } ?? []
            },
        ]
    }

    private var queues: [MetricFamily] {
        [
            gauge("kata_queue_depth", help: "Jobs on the queue.") { Double($0.status.queueDepth) },
            gauge("kata_queue_capacity", help: "Jobs that the queue holds at the most.") {
                Double($0.status.queueSize)
            },
            gauge("kata_workers", help: "Consumers that there are to be.") { Double($0.status.workerCount) },
            gauge("kata_workers_busy", help: "Consumers with a job in hand.") { Double($0.status.counts.running) },
            gauge("kata_pipeline_paused", help: "Whether the pipeline is paused.") {
                $0.status.state == .paused ? 1 : 0
            },
            gauge(
                "kata_pipeline_up",
                help: "Whether nothing keeps the pipeline, its handler, its source and its export from working."
            ) { $0.status.trouble == nil ? 1 : 0 },
        ]
    }

    private var ages: [MetricFamily] {
        [
            gauge(
                "kata_oldest_due_timestamp_seconds",
                help: "Since when the job that has waited longest could have begun; missing if none waits."
            ) { $0.ages?.oldestReady?.seconds },
            gauge(
                "kata_last_success_timestamp_seconds",
                help: "When a job of the pipeline was done last; missing if none was."
            ) { $0.ages?.lastSuccess?.seconds },
            perPipeline(
                "kata_schedule_next_timestamp_seconds",
                help: "When an entry of a schedule is due next; missing while it is paused."
            ) { pipeline in
                pipeline.nextTimes.map { entry, time in ([MetricFamily.Label("entry", entry)], time.seconds) }
            },
        ]
    }

    private var daemon: [MetricFamily] {
        [
            single("kata_store_up", help: "Whether the store takes writes.", outage == nil ? 1 : 0),
            single(
                "kata_store_results_waiting", help: "Results that wait for the store.", Double(outage?.waiting ?? 0)),
            single("kata_draining", help: "Whether the daemon drains, and then ends.", isDraining ? 1 : 0),
            files.database.map { single("kata_database_bytes", help: "The size of the database file.", Double($0)) },
            files.log.map { single("kata_wal_bytes", help: "The size of the write-ahead log.", Double($0)) },
            MetricFamily(
                "kata_build_info", .gauge, help: "The daemon's version.",
                [.init([.init("version", version)], .number(1))]),
        ].compactMap { $0 } + ProcessMetrics.families()
    }

    private func single(_ name: String, help: String, _ value: Double) -> MetricFamily {
        MetricFamily(name, .gauge, help: help, [.init(.number(value))])
    }

    private func gauge(_ name: String, help: String, _ value: (PipelineState) -> Double?) -> MetricFamily {
        perPipeline(name, help: help) { pipeline in value(pipeline).map { [([], $0)] } ?? [] }
    }

    private func perPipeline(
        _ name: String, _ kind: MetricFamily.Kind = .gauge, help: String,
        _ values: (PipelineState) -> [([MetricFamily.Label], Double)]
    ) -> MetricFamily {
        let series = pipelines.flatMap { pipeline in
            values(pipeline).map { labels, value in
                MetricFamily.Series([.init("pipeline", pipeline.status.name)] + labels, .number(value))
            }
        }
        return MetricFamily(name, kind, help: help, series)
    }
}

extension Timestamp {
    fileprivate var seconds: Double { Double(milliseconds) / 1_000 }
}
