/// What a process and all that it starts may use together, `cgroup: { memory: 512M, pids: 64 }`.
struct ControlGroupLimits: Hashable, Sendable {
    /// In bytes; `nil` means no limit.
    var memory: UInt64?
    /// Processes and threads; `nil` means no limit.
    var pids: Int?

    var isEmpty: Bool { memory == nil && pids == nil }

    init(memory: UInt64? = nil, pids: Int? = nil) {
        self.memory = memory
        self.pids = pids
    }

    /// Sets the limits of a new group.
    ///
    /// - Throws: ``ControlGroup/Failure``.
    func apply(to group: ControlGroup) throws {
        if let memory {
            try group.write("\(memory)", to: "memory.max")
            // Swap would only delay the end, and slow down everything else meanwhile. A kernel without swap has no such
            // file.
            if group.has("memory.swap.max") { try group.write("0", to: "memory.swap.max") }
            // All or none: half of a job is of no use.
            try group.write("1", to: "memory.oom.group")
        }
        if let pids { try group.write("\(pids)", to: "pids.max") }
    }
}
