import Synchronization

/// The control group that was left to the daemon to divide. The daemon itself is in the group `daemon` below, and what
/// it starts is below a group for each pipeline.
///
/// A group that has limits for those below it may hold no process itself, which is why the daemon moves.
final class DelegatedControlGroup: Sendable {
    /// Why the daemon has no group to divide.
    struct Unavailable: Error, CustomStringConvertible {
        /// Whether a group was delegated, and can't be used.
        var isDelegated = true
        let description: String
    }

    static let daemonName = "daemon"
    private static let pipelinePrefix = "pipeline."
    /// How long the processes that an earlier daemon has left may take to be gone, once they are killed.
    private static let patience = Duration.seconds(5)

    let root: ControlGroup
    /// Which limits groups can have: `memory`, `pids`.
    let controllers: [String]
    /// The groups of an earlier daemon with a process in them that can't be killed.
    let leftBehind: [ControlGroup]
    private let lastLeaf = Atomic<UInt64>(0)

    /// Kills and removes what an earlier daemon has left in the pipelines' groups.
    ///
    /// - Parameter movesDaemon: whether this process goes into the group `daemon`.
    /// - Throws: ``Unavailable``.
    init(root: ControlGroup, movesDaemon: Bool) throws {
        self.root = root
        if !root.has("cgroup.kill") {
            throw Unavailable(description: "control groups can't be killed, which takes Linux 5.14")
        }
        do {
            if movesDaemon {
                try Self.lock(root)
                try Self.move(into: root.child(Self.daemonName))
            }
        } catch let unavailable as Unavailable {
            throw unavailable
        } catch {
            throw Unavailable(description: "\(error)")
        }
        controllers = Self.enableControllers(in: root)
        let old = root.children.filter { $0.path.hasPrefix("\(root.path)/\(Self.pipelinePrefix)") }
        for group in old { group.kill() }
        let deadline = ContinuousClock.now + Self.patience
        leftBehind = old.filter { !Self.clear($0, until: deadline) }
    }

    /// A new group for a process.
    ///
    /// - Throws: ``ControlGroup/Failure``.
    func makeLeaf(pipeline: String) throws -> ControlGroup {
        let parent = root.child(Self.pipelinePrefix + pipeline)
        try parent.make()
        for controller in controllers { try parent.write("+\(controller)", to: "cgroup.subtree_control") }
        while true {
            let leaf = parent.child("\(lastLeaf.add(1, ordering: .relaxed).newValue)")
            // A group that could not be removed has the limits, and the dead processes, of its earlier use.
            if try leaf.make() { return leaf }
        }
    }
}
