/// Which limits of its control group a process and what it started have met.
struct ControlGroupEvents: Hashable, Sendable {
    /// How often memory ran out within the limit, and something was killed for it.
    var memory = 0
    /// How often a process could not be started.
    var pids = 0

    init() {}

    /// Those of a group since it was made.
    init(of group: ControlGroup, _ limits: ControlGroupLimits) {
        if limits.memory != nil {
            // Not `oom_kill`, which also counts when the whole machine is out of memory.
            memory = group.counter("oom", in: "memory.events")
        }
        // Before Linux 6.10 this also counts what was refused by a limit further up, such as the unit's.
        if limits.pids != nil { pids = group.counter("max", in: "pids.events") }
    }

    func since(_ earlier: ControlGroupEvents) -> ControlGroupEvents {
        var difference = self
        difference.memory -= earlier.memory
        difference.pids -= earlier.pids
        return difference
    }

    /// The limit that was met, if there was one.
    func limit(among limits: ControlGroupLimits) -> ControlGroupLimit? {
        if memory > 0, let limit = limits.memory { return .memory(limit) }
        if pids > 0, let limit = limits.pids { return .pids(limit) }
        return nil
    }
}
