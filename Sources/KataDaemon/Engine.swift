import Kata
import KataConfig
import Logging
import ServiceLifecycle
import Synchronization

/// Runs the pipelines, drains them, and exchanges them when the configuration changes.
final class Engine: Service {
    /// The place of one pipeline, under its name.
    private struct Slot {
        enum Phase {
            case running
            /// It takes no more. Once it has ended, this takes its place; with `nil` the place goes.
            case draining(then: DaemonConfiguration.Pipeline?)
            /// It did its run, in mode `once`.
            case ended
        }

        var pipeline: Pipeline
        var node: ConfigurationNode
        var phase = Phase.running

        var hasEnded: Bool {
            switch phase {
            case .running, .draining: false
            case .ended: true
            }
        }
    }

    private struct State {
        /// In the order of the configuration; those that it no longer has come last.
        var slots: [Slot]
        var drainTimeout: Duration
        /// Whether the daemon is about to end.
        var isDraining = false

        func index(of name: String) -> Int? {
            slots.firstIndex { $0.pipeline.name == name }
        }
    }

    /// Where plugins are found that are named without a path.
    let pluginsDirectory: String
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
        pluginsDirectory = configuration.pluginsDirectory
        self.mode = mode
        self.store = store
        self.recorder = recorder
        self.logger = logger
        var slots: [Slot] = []
        for entry in configuration.pipelines {
            let pipeline = try await Pipeline(
                configuration: entry.configuration,
                store: store,
                recorder: recorder,
                logger: logger
            )
            slots.append(Slot(pipeline: pipeline, node: entry.node))
        }
        state = Mutex(State(slots: slots, drainTimeout: configuration.drainTimeout))
        (started, starting) = AsyncStream.makeStream()
    }

    /// The pipelines as they are now, those that are on their way out included.
    var pipelines: [Pipeline] { state.withLock { $0.slots.map(\.pipeline) } }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    var drainTimeout: Duration { state.withLock { $0.drainTimeout } }

    /// Runs until every pipeline has ended: by itself in mode `once`, or else by a drain.
    ///
    /// - Throws: what a pipeline threw; the others are cancelled then.
    func run() async throws {
        for pipeline in pipelines { starting.yield(pipeline) }
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
        state.withLock { $0.isDraining = true }
        for pipeline in pipelines { pipeline.drain() }
    }

    /// Stops at once: hands back what is not finished.
    func giveUp() {
        drain()
        for pipeline in pipelines { pipeline.giveUp() }
    }

    /// Takes over a new configuration. Pipelines that it changes are drained and go on with the new one; those that it
    /// no longer has are drained; new ones start.
    ///
    /// - Throws: what the store threw; the old configuration stays then.
    func reload(_ configuration: DaemonConfiguration) async throws {
        var coming: [String: Slot] = [:]
        for entry in configuration.pipelines where needsNewSlot(entry) {
            coming[entry.configuration.name] = Slot(pipeline: try await makePipeline(entry), node: entry.node)
        }
        let (leaving, arriving) = state.withLock { $0.isDraining ? ([], []) : exchange(&$0, configuration, coming) }
        for pipeline in leaving { pipeline.drain() }
        for pipeline in arriving { starting.yield(pipeline) }
    }

    private func needsNewSlot(_ entry: DaemonConfiguration.Pipeline) -> Bool {
        state.withLock { state in
            guard let index = state.index(of: entry.configuration.name) else { return true }
            return state.slots[index].hasEnded && state.slots[index].node != entry.node
        }
    }

    /// Brings the slots to the new configuration.
    ///
    /// - Returns: the pipelines to drain and those to start.
    private func exchange(
        _ state: inout State, _ configuration: DaemonConfiguration, _ coming: [String: Slot]
    ) -> (leaving: [Pipeline], arriving: [Pipeline]) {
        var leaving: [Pipeline] = []
        var slots: [Slot] = []
        for entry in configuration.pipelines {
            let name = entry.configuration.name
            if let slot = coming[name] {
                if let index = state.index(of: name) { state.slots[index].pipeline.handOver(to: slot.pipeline) }
                slots.append(slot)
            } else if let index = state.index(of: name) {
                var slot = state.slots.remove(at: index)
                switch slot.phase {
                case .running where slot.node != entry.node:
                    slot.phase = .draining(then: entry)
                    leaving.append(slot.pipeline)
                case .draining: slot.phase = .draining(then: entry)
                case .running, .ended: break
                }
                slot.node = entry.node
                slots.append(slot)
            }
        }
        for var slot in state.slots where !slot.hasEnded && coming[slot.pipeline.name] == nil {
            slot.phase = .draining(then: nil)
            leaving.append(slot.pipeline)
            slots.append(slot)
        }
        state.slots = slots
        state.drainTimeout = configuration.drainTimeout
        return (leaving, coming.values.map(\.pipeline))
    }

    /// Works on a slot until nothing takes the place of its pipeline.
    private func work(_ first: Pipeline) async throws {
        do {
            var pipeline = first
            // The daemon's drain may have begun before this pipeline was there.
            if isDraining { pipeline.drain() }
            while true {
                try await runUntilDeadline(pipeline)
                guard let entry = successor(of: pipeline) else { break }
                let next = try await makePipeline(entry)
                guard install(next, for: entry, inPlaceOf: pipeline) else { break }
                pipeline = next
            }
            end(pipeline)
        } catch {
            // The group only tells of the failure once its body has ended, which waits for this stream.
            starting.finish()
            throw error
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

    private func successor(of pipeline: Pipeline) -> DaemonConfiguration.Pipeline? {
        state.withLock { state in
            guard !state.isDraining, let index = state.index(of: pipeline.name) else { return nil }
            switch state.slots[index].phase {
            case .running, .ended: return nil
            case .draining(let entry): return entry
            }
        }
    }

    /// - Returns: `false` if the daemon's drain has begun, and nothing starts any more.
    private func install(
        _ next: Pipeline, for entry: DaemonConfiguration.Pipeline, inPlaceOf pipeline: Pipeline
    ) -> Bool {
        state.withLock { state in
            guard !state.isDraining, let index = state.index(of: pipeline.name) else { return false }
            switch state.slots[index].phase {
            case .draining(let latest?) where latest.node != entry.node:
                // Reloaded once more meanwhile: this one only runs until the next takes over.
                next.drain()
            case .draining(nil):
                next.drain()
            case .running, .draining, .ended:
                state.slots[index].phase = .running
            }
            state.slots[index].pipeline = next
            // A request may still have the old one.
            pipeline.handOver(to: next)
            return true
        }
    }

    private func end(_ pipeline: Pipeline) {
        let isLast = state.withLock { state in
            if let index = state.index(of: pipeline.name) {
                switch state.slots[index].phase {
                case .draining(then: nil) where !state.isDraining: state.slots.remove(at: index)
                case .running, .draining, .ended: state.slots[index].phase = .ended
                }
            }
            return state.slots.allSatisfy(\.hasEnded) && (state.isDraining || mode == .once)
        }
        if isLast { starting.finish() }
    }

    private func makePipeline(_ entry: DaemonConfiguration.Pipeline) async throws -> Pipeline {
        try await Pipeline(configuration: entry.configuration, store: store, recorder: recorder, logger: logger)
    }
}
