import KataTestSupport
import KataTesting
import Logging
import Synchronization

@testable import Kata
@testable import KataConfig
@testable import KataDaemon

/// One life of a daemon: its recorder, its engine with the pipelines, and its clocks, on a disk that outlives it.
final class SimulatedDaemon: Sendable {
    /// A configuration that it may be given.
    struct Version: Hashable {
        var queueSize: Int
        var workerCount: Int
        var pipelines: [String]
    }

    private struct State {
        var engine: Engine?
        var hasEnded = false
        var task: Task<Void, Never>?
        /// What the recorder has begun.
        var work = RecorderWork()
        var isRecorderOver = false
    }

    let number: Int
    let clock = ManualClock()
    let wallClock: ManualWallClock
    let store: SimulatedStore
    let recorder: Recorder
    let steering: JobSteering
    private let oracle: Oracle
    private let chance: Chance
    private let scenario: Scenario
    private let state = Mutex(State())

    /// Starts it.
    init(
        _ number: Int, at time: Timestamp, on disk: SimulatedDisk, _ version: Version, _ oracle: Oracle,
        _ chance: Chance, _ scenario: Scenario
    ) {
        self.number = number
        self.oracle = oracle
        self.chance = chance
        self.scenario = scenario
        wallClock = ManualWallClock(time)
        store = SimulatedStore(disk, wallClock: wallClock)
        let runtime = Runtime(clock: clock, wallClock: wallClock, random: chance)
        let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        recorder = Recorder(
            withoutThread: store, backlog: 2, patience: scenario.patience, runtime: runtime, logger: logger,
            onOutage: { oracle.tell($0 == nil ? "the store takes writes again" : "the store takes no writes") })
        steering = JobSteering(recorder: recorder, store: store, runtime: runtime)
        oracle.daemonStarts(number, wallClock: wallClock)
        let configuration = configuration(version)
        let task = Task {
            do {
                let engine = try await Engine(
                    configuration: configuration, mode: .untilDrained, store: store, recorder: recorder,
                    runtime: runtime, logger: logger)
                state.withLock { $0.engine = engine }
                try await engine.run()
            } catch {
                oracle.tell("daemon \(number) fails: \(error)")
            }
            if !store.hasCrashed { oracle.daemonEnded() }
            state.withLock { $0.hasEnded = true }
        }
        state.withLock { $0.task = task }
    }

    /// `nil` before it has read what was done before.
    var engine: Engine? { state.withLock { $0.engine } }
    /// Whether its pipelines have ended: they were drained, or the store failed.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    /// Whether another one is to be started. A recorder that fails takes its daemon with it.
    var isOver: Bool { hasEnded || store.hasCrashed || recorder.hasFailed }
    var isRecorderOver: Bool { state.withLock { $0.isRecorderOver } }

    func pipeline(_ name: String) -> Pipeline? { engine?.pipelines.first { $0.name == name } }

    /// The configuration of that version.
    func configuration(_ version: Version) -> DaemonConfiguration {
        let origin = ConfigurationOrigin.setting("the simulation")
        let pipelines = version.pipelines.map { name in
            oracle.hasWorkers(version.workerCount, pipeline: name)
            let source: any JobSource =
                name == "mail" ? SimulatedInbox() : SimulatedFeed(oracle: oracle, chance: chance, clock: clock)
            return DaemonConfiguration.Pipeline(
                configuration: PipelineConfiguration(
                    name: name, queueSize: version.queueSize, itemCount: nil, workerCount: version.workerCount,
                    source: source,
                    handler: SimulatedHandler(
                        pipeline: name, oracle: oracle, chance: chance, behaviours: scenario.behaviours, clock: clock,
                        generation: number),
                    failures: scenario.failures, limits: scenario.limits),
                node: ConfigurationNode(.scalar("\(version)"), origin: origin))
        }
        return DaemonConfiguration(drainTimeout: scenario.drainTimeout, pipelines: pipelines)
    }

    /// Has the recorder do its next step.
    ///
    /// - Returns: whether it did something.
    func stepRecorder() -> Bool {
        state.withLock { state in
            if state.isRecorderOver { return false }
            switch recorder.step(&state.work, waits: false) {
            case .worked: return true
            case .idle: return false
            case .over:
                state.isRecorderOver = true
                return true
            }
        }
    }

    /// How long it is until something happens by itself; `nil` if nothing will.
    var nextWake: Duration? {
        let now = wallClock.now()
        let nextTry = state.withLock { $0.work.outage?.nextTry }
        return [
            clock.sleeps.first, wallClock.deadlines.first.map { now.duration(to: $0) },
            nextTry.map { clock.now.duration(to: $0) },
        ].compactMap { $0 }.min()
    }

    /// Whether the store takes writes, as far as the recorder knows. Once it has given up it knows no better.
    var storeTakesWrites: Bool { recorder.outage == nil }

    func pass(_ time: Duration) {
        clock.advance(by: time)
        wallClock.advance(by: time)
    }

    /// Ends it as a power cut does: nothing that it does from here on reaches the disk. Its tasks are to be run to their ends, so
    /// that none is left.
    func crash() {
        oracle.daemonCrashed()
        store.crash()
        engine?.giveUp()
        state.withLock { $0.task }?.cancel()
        stopRecorder()
    }

    func stopRecorder() {
        // Nobody waits: the simulation sees that the recorder is over.
        Task { [recorder] in await recorder.stop() }
    }
}
