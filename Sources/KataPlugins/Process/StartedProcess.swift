import Glibc

/// A process that was started, and what reaches all that it starts.
struct StartedProcess {
    let number: pid_t
    /// Becomes readable when it ends.
    let descriptor: Int32
    /// Its control group; `nil` where processes have none of their own.
    let group: ControlGroupUse?
    /// What the kernel says at least of its peak memory, in bytes: what this program itself had held until it was started.
    let memoryFloor: Int64

    /// Sends a signal to it and its process group.
    func signal(_ number: Int32) {
        kill(-self.number, number)
        if number == SIGKILL { group?.leaf.group.kill() }
    }

    /// Kills what it has left, and gives its control group back. To be called when it has ended and was not reaped: its
    /// number, which is that of its process group, could be another process's afterwards.
    ///
    /// - Returns: what its control group tells; `nil` without one.
    func finish() -> ControlGroupUse.End? {
        kill(-number, SIGKILL)
        return group?.end()
    }
}
