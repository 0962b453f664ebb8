import Synchronization

/// The control groups of a plugin's processes. A group that is empty again is used for the next process, unless its
/// memory is limited.
final class ControlGroupPool: Sendable {
    private struct State {
        /// Groups to use again, the longest unused first.
        var idle: [ControlGroupLeaf] = []
        /// Groups that are not used again, and go once nothing in them is dying any more.
        var spent: [ControlGroupLeaf] = []
    }

    let limits: ControlGroupLimits
    private let parent: DelegatedControlGroup
    private let pipeline: String
    private let state = Mutex(State())

    init(_ parent: DelegatedControlGroup, pipeline: String, limits: ControlGroupLimits) {
        self.parent = parent
        self.pipeline = pipeline
        self.limits = limits
    }

    /// A group with no process in it.
    ///
    /// - Throws: ``ControlGroup/Failure``.
    func take() throws -> ControlGroupUse {
        let leaf = state.withLock { state in
            state.spent.removeAll { !$0.group.isPopulated }
            // What was killed takes a while to be gone.
            return state.idle.firstIndex(where: \.isFree).map { state.idle.remove(at: $0) }
        }
        return ControlGroupUse(
            of: try leaf ?? ControlGroupLeaf(parent.makeLeaf(pipeline: pipeline), limits), from: self)
    }

    /// Kills what is left in a group, and keeps the group.
    func giveBack(_ leaf: ControlGroupLeaf) {
        leaf.group.kill()
        state.withLock { state in
            // Memory that outlives a job, such as files in it, would go on being counted.
            if limits.memory == nil { state.idle.append(leaf) } else { state.spent.append(leaf) }
        }
    }
}
