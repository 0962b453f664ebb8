import Synchronization

/// The control groups of a plugin's processes. One that is empty again is used for the next process.
final class ControlGroupPool: Sendable {
    let limits: ControlGroupLimits
    private let parent: DelegatedControlGroup
    private let pipeline: String
    /// The longest unused first.
    private let idle = Mutex<[ControlGroupLeaf]>([])

    init(_ parent: DelegatedControlGroup, pipeline: String, limits: ControlGroupLimits) {
        self.parent = parent
        self.pipeline = pipeline
        self.limits = limits
    }

    /// A group with no process in it.
    ///
    /// - Throws: ``ControlGroup/Failure``.
    func take() throws -> ControlGroupLeaf {
        let leaf = idle.withLock { idle in
            // What was killed takes a while to be gone.
            idle.firstIndex { !$0.group.isPopulated }.map { idle.remove(at: $0) }
        }
        return try leaf ?? ControlGroupLeaf(parent.makeLeaf(pipeline: pipeline), limits)
    }

    /// Kills what is left in a group, and keeps the group.
    func giveBack(_ leaf: ControlGroupLeaf) {
        leaf.group.kill()
        idle.withLock { $0.append(leaf) }
    }
}
