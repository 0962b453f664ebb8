public import Kata

/// Emits items at certain times: by cron expressions, or every so often.
public struct ScheduleSource: JobSource, Plugin {
    public static let pluginName = "schedule"

    private let entries: [ScheduleEntry]
    private let clock: any WallClock

    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        clock = context.wallClock
        var entries: [ScheduleEntry] = []
        if let node = configuration.optionalNode("entries") {
            entries = Self.entries(node, report: configuration.report, now: clock.now())
        } else if let entry = ScheduleEntry(&configuration, name: "schedule", now: clock.now()) {
            entries = [entry]
        }
        self.entries = entries
    }

    public var extent: SourceExtent { .endless }

    /// Waits for the next time and emits what is due then.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        var settled = ScheduleCursor(progress)
        // An entry that was taken out and comes back later has missed nothing.
        settled.keepOnly(entries.map(\.name))
        let now = clock.now()
        let unknown = entries.filter { settled[$0.name] == nil }
        if !unknown.isEmpty {
            // From now on; this is kept, so that a restart before the first time does not forget it.
            for entry in unknown { settled[entry.name] = now }
            return SourceBatch(items: [], progress: .at(cursor: settled.text))
        }
        while true {
            var items: [String] = []
            var hasChanged = false
            for entry in entries {
                guard let last = settled[entry.name] else { continue }
                let due = entry.due(after: last, at: clock.now(), limit: max(1, limit - items.count))
                items += due.items
                if due.settled != last { hasChanged = true }
                settled[entry.name] = due.settled
            }
            if hasChanged { return SourceBatch(items: items, progress: .at(cursor: settled.text)) }
            let next = entries.compactMap { entry in settled[entry.name].flatMap { entry.recurrence.next(after: $0) } }
            guard let first = next.min() else { return SourceBatch(items: [], progress: .exhausted) }
            try await clock.sleep(until: first)
        }
    }

    private static func entries(
        _ node: ConfigurationNode, report: ConfigurationSection.Report, now: Timestamp
    ) -> [ScheduleEntry] {
        guard case .map(let maps) = node.value, !maps.isEmpty else {
            report.add(
                "entries is \(node.summary), expected a map such as nightly: { cron: \"0 3 * * *\" }", at: node.origin)
            return []
        }
        return maps.compactMap { map in
            if map.key.isEmpty || map.key.contains("=") || map.key.contains(";") {
                report.add("'\(map.key)' can't name an entry, expected a name without '=' and ';'", at: map.keyOrigin)
            }
            var section = ConfigurationSection(map.node, title: "entry '\(map.key)'", report: report)
            let entry = ScheduleEntry(&section, name: map.key, now: now)
            section.finish()
            return entry
        }
    }
}
