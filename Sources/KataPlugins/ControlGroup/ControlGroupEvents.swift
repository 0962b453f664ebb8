/// How often a process, and what it started, have met the limits of their control group.
struct ControlGroupEvents: Hashable, Sendable {
    /// How often the group's memory reached the limit and a process was killed for it.
    var memory = 0
    /// How often a process could not be started.
    var pids = 0

    init() {}

    /// The events of a group since it was made, of the limits that are set.
    init(of group: ControlGroup, _ limits: ControlGroupLimits) {
        if limits.memory != nil {
            // Not `oom_kill`, which also counts when the whole machine is out of memory.
            memory = group.counter("oom", in: "memory.events")
        }
        // Before Linux 6.10 this also counts what was refused by a limit further up, such as the unit's.
        if limits.pids != nil { pids = group.counter("max", in: "pids.events") }
    }

    /// What has come to these events since earlier ones of the same group.
    func since(_ earlier: ControlGroupEvents) -> ControlGroupEvents {
        var difference = self
        difference.memory -= earlier.memory
        difference.pids -= earlier.pids
        return difference
    }

    /// The limit that was met; `nil` if none was. Memory goes before processes.
    func limit(among limits: ControlGroupLimits) -> ControlGroupLimit? {
        if memory > 0, let limit = limits.memory { return .memory(limit) }
        if pids > 0, let limit = limits.pids { return .pids(limit) }
        return nil
    }
}
