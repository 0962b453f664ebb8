import Glibc

/// A process that was started, and what reaches all that it starts.
struct StartedProcess {
    let number: pid_t
    /// Becomes readable when it ends.
    let descriptor: Int32
    /// Its control group; `nil` where processes have none of their own.
    let group: ControlGroupUse?

    /// Sends a signal to it and its process group.
    func signal(_ number: Int32) {
        kill(-self.number, number)
        if number == SIGKILL { group?.leaf.group.kill() }
    }

    /// Kills what it has left, and gives its control group back. To be called when it has ended and was not reaped: its
    /// number, which is that of its process group, could be another process's afterwards.
    ///
    /// - Returns: the limit of its control group that was met; `nil` if none was.
    func finish() -> ControlGroupLimit? {
        kill(-number, SIGKILL)
        return group?.end()
    }
}
