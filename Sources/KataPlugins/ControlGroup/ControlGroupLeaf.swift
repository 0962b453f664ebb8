import Glibc

/// The control group of one process and what it starts. It belongs to the process for which it was taken from its
/// ``ControlGroupPool``, until it is given back.
final class ControlGroupLeaf: Sendable {
    let group: ControlGroup
    let limits: ControlGroupLimits
    /// Its `cgroup.procs`, open for writing: what a process writes there puts it into the group.
    let descriptor: Int32

    /// Takes a new group over.
    ///
    /// - Throws: ``ControlGroup/Failure``; the group is removed then.
    init(_ group: ControlGroup, _ limits: ControlGroupLimits) throws {
        self.group = group
        self.limits = limits
        do {
            try limits.apply(to: group)
            // A group with others below it could not be used again.
            try group.write("0", to: "cgroup.max.descendants")
            descriptor = open("\(group.path)/cgroup.procs", O_WRONLY | O_CLOEXEC)
            if descriptor < 0 { throw ControlGroup.Failure(path: group.path, code: errno) }
        } catch {
            group.remove()
            throw error
        }
    }

    /// Whether nothing is left of the process that used the group, and of what that process started.
    var isFree: Bool {
        // Processes that are dead and were not waited for still count.
        !group.isPopulated && (limits.pids == nil || group.words(in: "pids.current") == ["0"])
    }

    deinit {
        close(descriptor)
        // A group in which something is still dying stays until the next daemon's start.
        group.remove()
    }
}
