import Kata
import KataConfig

/// The pipelines of a daemon, each in a slot under its name, and what becomes of a slot when its pipeline ends or the
/// configuration changes. Every decision is made in one step, so that none is made on what was true a moment ago.
struct PipelineSlots {
    /// A pipeline with the configuration that its name has now, which may be newer than the pipeline.
    struct Slot {
        enum Phase {
            case running
            /// The pipeline takes no more. Once it has ended, a pipeline made from `then` takes its place; with `nil`
            /// the slot goes.
            case draining(then: DaemonConfiguration.Pipeline?)
            /// The pipeline has ended, and nothing takes its place: it did its run in mode `once`, or the daemon
            /// drains.
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

    /// What follows the end of a pipeline.
    enum Next {
        /// A pipeline that is made from this takes its place.
        case make(DaemonConfiguration.Pipeline)
        /// Nothing does.
        case nothing
    }

    /// What a new configuration asks for.
    enum Exchange {
        /// Pipelines for these entries have to be made first. Nothing was changed.
        case needs([DaemonConfiguration.Pipeline])
        /// The new configuration holds from now on. Pipelines that leave are to be drained, and pipelines that arrive
        /// to be run.
        case done(leaving: [Pipeline], arriving: [Pipeline])
    }

    /// In the order of the configuration; slots of pipelines that it no longer has come last.
    private(set) var all: [Slot] = []
    /// How long a drain may take.
    private(set) var drainTimeout: Duration
    /// Where plugins are found that are named without a path.
    private(set) var pluginsDirectory: String
    /// Whether the daemon is about to end, so that nothing starts any more.
    private(set) var isDraining = false

    init(_ configuration: DaemonConfiguration) {
        drainTimeout = configuration.drainTimeout
        pluginsDirectory = configuration.pluginsDirectory
    }

    var pipelines: [Pipeline] { all.map(\.pipeline) }
    /// How many pipelines the configuration has. Those that drain because it no longer has them do not count.
    var configuredCount: Int {
        all.count { slot in
            if case .draining(then: nil) = slot.phase { false } else { true }
        }
    }
    var haveAllEnded: Bool { all.allSatisfy(\.hasEnded) }

    mutating func add(_ pipeline: Pipeline, node: ConfigurationNode) {
        all.append(Slot(pipeline: pipeline, node: node))
    }

    mutating func beginDrain() {
        isDraining = true
    }

    /// Brings the slots to a new configuration, unless the daemon drains.
    ///
    /// - Parameter made: pipelines that were made for entries without a slot, by name.
    mutating func exchange(_ configuration: DaemonConfiguration, made: [String: Pipeline]) -> Exchange {
        if isDraining { return .done(leaving: [], arriving: []) }
        let missing = configuration.pipelines.filter { entry in
            made[entry.configuration.name] == nil && needsNewSlot(entry)
        }
        if !missing.isEmpty { return .needs(missing) }

        var old = all
        all = []
        var leaving: [Pipeline] = []
        var arriving: [Pipeline] = []
        for entry in configuration.pipelines {
            let index = old.firstIndex { $0.pipeline.name == entry.configuration.name }
            if let index, !old[index].hasEnded || old[index].node == entry.node {
                all.append(Self.change(old.remove(at: index), to: entry, &leaving))
            } else if let pipeline = made[entry.configuration.name] {
                if let index { old.remove(at: index) }
                pipeline.takeOver()
                add(pipeline, node: entry.node)
                arriving.append(pipeline)
            }
        }
        for var slot in old where !slot.hasEnded {
            slot.phase = .draining(then: nil)
            leaving.append(slot.pipeline)
            all.append(slot)
        }
        drainTimeout = configuration.drainTimeout
        pluginsDirectory = configuration.pluginsDirectory
        return .done(leaving: leaving, arriving: arriving)
    }

    /// Decides what follows now that a pipeline has ended. Until a pipeline is installed that was made for it, this may be
    /// asked again, and the answer may be another one.
    mutating func end(_ pipeline: Pipeline) -> Next {
        guard let index = index(of: pipeline.name) else { return .nothing }
        switch all[index].phase {
        case .draining(let entry?) where !isDraining: return .make(entry)
        case .draining(then: nil) where !isDraining: all.remove(at: index)
        case .running, .draining, .ended: all[index].phase = .ended
        }
        return .nothing
    }

    /// Puts the pipeline that was made for an entry in the place of the one that has ended. The new pipeline is to be
    /// run, even if it only finds that it is not needed any more.
    mutating func install(_ pipeline: Pipeline, for entry: DaemonConfiguration.Pipeline) {
        guard let index = index(of: pipeline.name) else { return }
        switch all[index].phase {
        // The configuration was reloaded once more meanwhile: this pipeline takes nothing, and the next one follows it.
        case .draining(let latest?) where latest.node != entry.node: pipeline.drain()
        case .draining(then: nil): pipeline.drain()
        case .running, .draining, .ended: all[index].phase = .running
        }
        // The daemon's drain may have begun before this pipeline was there.
        if isDraining { pipeline.drain() }
        all[index].pipeline = pipeline
        // A request may still hold the old pipeline; what it changes has to reach the new one.
        pipeline.takeOver()
    }

    private func needsNewSlot(_ entry: DaemonConfiguration.Pipeline) -> Bool {
        guard let index = index(of: entry.configuration.name) else { return true }
        return all[index].hasEnded && all[index].node != entry.node
    }

    private func index(of name: String) -> Int? {
        all.firstIndex { $0.pipeline.name == name }
    }

    private static func change(
        _ slot: Slot, to entry: DaemonConfiguration.Pipeline, _ leaving: inout [Pipeline]
    ) -> Slot {
        var slot = slot
        switch slot.phase {
        case .running where slot.node != entry.node:
            slot.phase = .draining(then: entry)
            leaving.append(slot.pipeline)
        case .draining: slot.phase = .draining(then: entry)
        case .running, .ended: break
        }
        slot.node = entry.node
        return slot
    }
}
