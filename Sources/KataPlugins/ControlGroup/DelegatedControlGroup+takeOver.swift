import Foundation
import Glibc

/// How the daemon comes to the group that was left to it.
extension DelegatedControlGroup {
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

    /// Sees to it that no other daemon divides the group for as long as this process lives: the descriptor stays open
    /// until then.
    static func lock(_ root: ControlGroup) throws {
        let descriptor = open(root.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            close(descriptor)
            throw Unavailable(
                description: code == EWOULDBLOCK
                    ? "another daemon divides \(root.path)" : "\(ControlGroup.Failure(path: root.path, code: code))")
        }
    }

    static func move(into group: ControlGroup) throws {
        try group.make()
        let others = group.words(in: "cgroup.procs").filter { $0 != "\(getpid())" }
        if let other = others.first { throw Unavailable(description: "process \(other) is in \(group.path) already") }
        try group.write("0", to: "cgroup.procs")
    }

    /// Makes limits possible in the groups below, as far as the groups above leave them to this one.
    ///
    /// - Returns: which ones.
    static func enableControllers(in root: ControlGroup) -> [String] {
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
    static func clear(_ group: ControlGroup, until deadline: ContinuousClock.Instant) -> Bool {
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
