import Kata

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

    /// Reads the key `cgroup`. A limit that would not hold is a fault.
    init(_ section: inout ConfigurationSection, _ groups: ControlGroups.State) {
        guard let node = section.optionalNode("cgroup") else { return }
        var limits = ConfigurationSection(node, title: "cgroup", report: section.report)
        memory = limits.optionalSize("memory")
        if limits.has("pids") { pids = limits.integer("pids", in: 1...4_194_304) }
        for (key, isSet) in [("memory", memory != nil), ("pids", pids != nil)] where isSet {
            if let reason = Self.obstacle(to: key, groups) { limits.fault(key, "can't be limited: \(reason)") }
        }
        limits.finish()
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

    /// Why a limit would not hold; `nil` if it would, or if nobody knows yet.
    private static func obstacle(to controller: String, _ groups: ControlGroups.State) -> String? {
        switch groups {
        // Only the daemon can say, where it runs.
        case .untouched: nil
        case .unavailable(let reason, _): reason
        case .available(let group) where group.controllers.contains(controller): nil
        case .available(let group) where group.root.words(in: "cgroup.controllers").contains(controller):
            "'\(controller)' can't be switched on in \(group.root.path), as where another process is in it"
        case .available(let group):
            "\(group.root.path) has no controller '\(controller)', which Delegate=\(controller) in the unit gives it"
        }
    }
}
