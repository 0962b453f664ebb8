import Glibc
import Kata
import KataAPI
import KataCommand
import KataConfig
import KataMetrics
import KataSQLite
import KataServer

/// What the control server shows of the engine, and lets clients do.
struct DaemonControl: ControlService {
    let engine: Engine
    let registry: PluginRegistry
    let steering: JobSteering
    let nodes: NodeSteering?
    let records: any JobStoreReader
    let recorder: Recorder
    let database: DatabaseLocation
    /// The clock that the database goes by.
    let wallClock: any WallClock
    let health: DatabaseHealth
    let progress: ProgressReport
    /// What pipelines and the recorder count.
    let counted: MetricRegistry
    let version = KataCommand.version
    private let start = PreciseClock().now

    private let onDrain: @Sendable () -> Void

    /// - Parameters:
    ///   - progress: which parts do not get on.
    ///   - onDrain: begins to drain the daemon.
    init(
        engine: Engine, plugins: PluginRegistry, recorder: Recorder, records: any JobStoreReader,
        database: DatabaseLocation, wallClock: any WallClock = SystemWallClock(),
        health: DatabaseHealth = DatabaseHealth(), progress: ProgressReport = ProgressReport(),
        metrics: MetricRegistry = MetricRegistry(),
        onDrain: @escaping @Sendable () -> Void
    ) {
        self.onDrain = onDrain
        counted = metrics
        self.engine = engine
        registry = plugins
        self.recorder = recorder
        self.records = records
        self.database = database
        self.health = health
        self.progress = progress
        steering = JobSteering(recorder: recorder, store: records, runtime: Runtime(wallClock: wallClock))
        self.wallClock = wallClock
        nodes = NodeSteering(recorder: recorder, store: records)
    }

    var pipelines: [Pipeline] { engine.pipelines }

    func drainForecast() -> DrainDocument {
        let timeout = engine.drainTimeout
        return DrainDocument(engine.pipelines.map { $0.drainForecast(timeout: timeout) }, timeout: timeout)
    }

    func drain() {
        onDrain()
    }

    func status() -> StatusDocument {
        StatusDocument(
            version: version,
            pid: Int(getpid()),
            state: engine.isDraining ? .draining : .running,
            uptime: start.duration(to: PreciseClock().now),
            database: database.shown,
            store: .init(recorder.outage, wal: .init(health.log), check: health.check.map { .init($0) }),
            stalls: progress.stalls,
            pipelines: engine.pipelines.map { $0.status() },
            unknownPipelines: engine.jobsOfUnknownPipelines.map { .init(name: $0.pipeline, unfinished: $0.count) }
        )
    }
}

extension StatusDocument.WriteAheadLog {
    fileprivate init(_ state: WriteAheadLogState) {
        self.init(
            bytes: state.bytes, heldSince: state.oldestReader?.since, heldBy: state.oldestReader?.description,
            process: state.oldestReader?.process)
    }
}

extension StatusDocument.Check {
    fileprivate init(_ check: DatabaseHealth.Check) {
        switch check {
        case .running: self.init(state: "running")
        case .ended(let outcome, let time):
            self.init(
                state: outcome.name, at: time, faults: outcome.faults, unchecked: outcome.unchecked,
                reason: outcome.failure)
        }
    }
}
