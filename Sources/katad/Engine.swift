import Kata
import KataConfig
import KataControl
import Logging
import ServiceLifecycle
import Synchronization

/// Runs the pipelines, drains them, and exchanges them when the configuration changes.
final class Engine: Service {
    private struct State {
        /// In the order of the configuration.
        var names: [String]
        var pipelines: [String: Pipeline]
        var nodes: [String: ConfigurationNode]
        /// What takes a draining pipeline's place once it has ended.
        var replacements: [String: PipelineConfiguration] = [:]
        var drainTimeout: Duration
        var isDraining = false
        var active = 0
    }

    private let mode: Pipeline.Mode
    private let store: any JobStore
    private let recorder: Recorder
    private let logger: Logger
    private let state: Mutex<State>
    private let started: AsyncStream<Pipeline>
    private let starting: AsyncStream<Pipeline>.Continuation

    /// Reads from the store what the pipelines did before.
    init(
        configuration: DaemonConfiguration, mode: Pipeline.Mode, store: any JobStore, recorder: Recorder, logger: Logger
    ) async throws {
        self.mode = mode
        self.store = store
        self.recorder = recorder
        self.logger = logger
        var pipelines: [String: Pipeline] = [:]
        for entry in configuration.pipelines {
            pipelines[entry.configuration.name] = try await Pipeline(
                configuration: entry.configuration, store: store, recorder: recorder, logger: logger
            )
        }
        state = Mutex(
            State(
                names: configuration.pipelines.map(\.configuration.name),
                pipelines: pipelines,
                nodes: Self.nodes(of: configuration),
                drainTimeout: configuration.drainTimeout
            )
        )
        (started, starting) = AsyncStream.makeStream()
    }

    /// The pipelines as they are now, in the order of the configuration.
    var pipelines: [Pipeline] { state.withLock { state in state.names.compactMap { state.pipelines[$0] } } }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Runs until every pipeline has ended: by itself in mode `once`, or else by a drain.
    func run() async throws {
        for pipeline in pipelines { start(pipeline) }
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                for await pipeline in started {
                    group.addTask { try await self.work(pipeline) }
                }
            }
        } onGracefulShutdown: {
            self.drain()
        }
    }

    /// Drains every pipeline. What is not finished in time goes back.
    func drain() {
        state.withLock { state in
            state.isDraining = true
            state.replacements = [:]
        }
        for pipeline in pipelines { pipeline.drain() }
    }

    /// Stops at once: hands back what is not finished.
    func giveUp() {
        drain()
        for pipeline in pipelines { pipeline.giveUp() }
    }

    /// Takes over a new configuration. Pipelines that it changes are drained and go on with the new one; those that it
    /// no longer has are drained; new ones start.
    func reload(_ configuration: DaemonConfiguration) async throws {
        let nodes = Self.nodes(of: configuration)
        let (leaving, coming) = state.withLock { state -> ([Pipeline], [PipelineConfiguration]) in
            if state.isDraining { return ([], []) }
            state.drainTimeout = configuration.drainTimeout
            state.names = configuration.pipelines.map(\.configuration.name)
            var leaving = state.pipelines.values.filter { nodes[$0.name] == nil }
            var coming: [PipelineConfiguration] = []
            for entry in configuration.pipelines {
                let name = entry.configuration.name
                guard let pipeline = state.pipelines[name] else {
                    coming.append(entry.configuration)
                    continue
                }
                if state.nodes[name] == entry.node { continue }
                state.replacements[name] = entry.configuration
                leaving.append(pipeline)
            }
            state.nodes = nodes
            return (leaving, coming)
        }
        for pipeline in leaving { pipeline.drain() }
        for configuration in coming { start(try await makePipeline(configuration)) }
    }

    private func start(_ pipeline: Pipeline) {
        state.withLock { state in
            state.pipelines[pipeline.name] = pipeline
            state.active += 1
        }
        starting.yield(pipeline)
        // The drain may have begun since.
        if isDraining { pipeline.drain() }
    }

    private func work(_ pipeline: Pipeline) async throws {
        defer { end(pipeline) }
        do {
            try await runUntilDeadline(pipeline)
        } catch {
            // The group only tells of the failure once its body has ended, which waits for this stream.
            starting.finish()
            throw error
        }
        if let configuration = state.withLock({ $0.replacements.removeValue(forKey: pipeline.name) }) {
            start(try await makePipeline(configuration))
        }
    }

    /// Runs a pipeline, and gives it up when its drain takes too long.
    private func runUntilDeadline(_ pipeline: Pipeline) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await pipeline.drainBegan()
                    try await PreciseClock().sleep(for: self.state.withLock { $0.drainTimeout })
                    self.logger.warning("drain_timeout is over", metadata: ["pipeline": "\(pipeline.name)"])
                    pipeline.giveUp()
                } catch is CancellationError {
                    // It ended in time.
                }
            }
            defer { group.cancelAll() }
            try await pipeline.run(mode)
        }
    }

    private func end(_ pipeline: Pipeline) {
        let isLast = state.withLock { state in
            state.active -= 1
            if !state.names.contains(pipeline.name), state.pipelines[pipeline.name] === pipeline {
                state.pipelines[pipeline.name] = nil
            }
            return state.active == 0 && (state.isDraining || mode == .once)
        }
        if isLast { starting.finish() }
    }

    private func makePipeline(_ configuration: PipelineConfiguration) async throws -> Pipeline {
        try await Pipeline(configuration: configuration, store: store, recorder: recorder, logger: logger)
    }

    private static func nodes(of configuration: DaemonConfiguration) -> [String: ConfigurationNode] {
        Dictionary(uniqueKeysWithValues: configuration.pipelines.map { ($0.configuration.name, $0.node) })
    }
}
