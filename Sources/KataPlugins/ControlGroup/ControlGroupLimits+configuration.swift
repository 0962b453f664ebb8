import Kata

extension ControlGroupLimits {
    /// Reads the key `cgroup`. A limit that would not hold is a fault.
    init(_ section: inout ConfigurationSection, _ groups: ControlGroups.State) {
        self.init()
        guard let node = section.optionalNode("cgroup") else { return }
        var limits = ConfigurationSection(node, title: "cgroup", report: section.report)
        memory = limits.optionalSize("memory")
        if limits.has("pids") { pids = limits.integer("pids", in: 1...4_194_304) }
        for (key, isSet) in [("memory", memory != nil), ("pids", pids != nil)] where isSet {
            if let reason = Self.obstacle(to: key, groups) { limits.fault(key, "can't be limited: \(reason)") }
        }
        limits.finish()
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
