import Foundation
import Glibc
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

    private static let daemonName = "daemon"
    private static let pipelinePrefix = "pipeline."
    /// How long the processes that an earlier daemon has left may take to be gone, once they are killed.
    private static let patience = Duration.seconds(5)

    let root: ControlGroup
    /// Which limits groups can have: `memory`, `pids`.
    let controllers: [String]
    /// The groups of an earlier daemon with a process in them that can't be killed.
    let leftBehind: [ControlGroup]
    private let lastLeaf = Atomic<UInt64>(0)

    /// Takes over the group that this process is in, or the group above, if this process is in a group `daemon`
    /// already.
    ///
    /// - Throws: ``Unavailable``.
    static func takeOver() throws -> DelegatedControlGroup {
        let own = OwnControlGroup.find(membership: try text("cgroup"), mounts: try text("mountinfo"))
        guard let own else {
            throw Unavailable(isDelegated: false, description: "there are no control groups of version 2")
        }
        if OwnControlGroup.isDelegated(own) {
            return try DelegatedControlGroup(root: own, movesDaemon: true)
        }
        let above = ControlGroup(path: URL(fileURLWithPath: own.path).deletingLastPathComponent().path)
        if own == above.child(daemonName), OwnControlGroup.isDelegated(above) {
            return try DelegatedControlGroup(root: above, movesDaemon: true)
        }
        throw Unavailable(
            isDelegated: false,
            description:
                "the control group \(own.path) was not delegated, as Delegate= in the unit does from systemd 251 on")
    }

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

    /// Sees to it that no other daemon divides the group for as long as this process lives: the descriptor stays open
    /// until then.
    private static func lock(_ root: ControlGroup) throws {
        let descriptor = open(root.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            close(descriptor)
            throw Unavailable(
                description: code == EWOULDBLOCK
                    ? "another daemon divides \(root.path)" : "\(ControlGroup.Failure(path: root.path, code: code))")
        }
    }

    private static func move(into group: ControlGroup) throws {
        try group.make()
        let others = group.words(in: "cgroup.procs").filter { $0 != "\(getpid())" }
        if let other = others.first { throw Unavailable(description: "process \(other) is in \(group.path) already") }
        try group.write("0", to: "cgroup.procs")
    }

    /// Makes limits possible in the groups below, as far as the groups above leave them to this one.
    ///
    /// - Returns: which ones.
    private static func enableControllers(in root: ControlGroup) -> [String] {
        let there = root.words(in: "cgroup.controllers")
        for controller in ["memory", "pids"] where there.contains(controller) {
            // Refused where another process is in the group itself; a configured limit is then a fault of the
            // configuration.
            try? root.write("+\(controller)", to: "cgroup.subtree_control")
        }
        return root.words(in: "cgroup.subtree_control").filter { ["memory", "pids"].contains($0) }
    }

    /// Removes a group once the processes in it are gone, which were killed.
    ///
    /// - Returns: `false` if one of them is not gone by then. What a daemon starts has groups beside it.
    private static func clear(_ group: ControlGroup, until deadline: ContinuousClock.Instant) -> Bool {
        while group.isPopulated {
            if ContinuousClock.now > deadline { return false }
            // Nothing works yet that could be held up.
            usleep(1_000)
        }
        group.remove()
        return true
    }

    private static func text(_ file: String) throws -> String {
        do {
            return try String(contentsOfFile: "/proc/self/\(file)", encoding: .utf8)
        } catch {
            throw Unavailable(description: "/proc/self/\(file) can't be read")
        }
    }
}
