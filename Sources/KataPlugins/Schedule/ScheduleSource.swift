public import Kata
import Logging

/// Emits items at certain times: by cron expressions, or every so often.
public struct ScheduleSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: schedule }`.
    public static let pluginName = "schedule"

    private let entries: [ScheduleEntry]
    private let clock: any WallClock
    private let logger: Logger
    /// When the clock is set back by no more than this, its times are waited for once more, so that none counts twice.
    private static let tolerance = Duration.seconds(86_400)

    /// Reads one entry's keys, or the key `entries` with several. Faults are noted in the section.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        clock = context.wallClock
        logger = context.logger
        var entries: [ScheduleEntry] = []
        if let node = configuration.optionalNode("entries") {
            entries = Self.entries(node, report: configuration.report, now: clock.now())
        } else if let entry = ScheduleEntry(&configuration, name: "schedule", now: clock.now()) {
            entries = [entry]
        }
        self.entries = entries
    }

    /// Each entry in words, and with its next times.
    public var schedule: [ScheduledEntry] { entries.map(\.description) }

    /// Times recur, so a run has no last one.
    public var extent: SourceExtent { .endless }

    /// Waits for the next time and emits what is due then.
    ///
    /// - Throws: `CancellationError`.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        var cursor = ScheduleCursor(progress)
        // An entry that was taken out and comes back later has missed nothing.
        cursor.keepOnly(entries.map(\.name))
        let now = clock.now()
        let unknown = entries.filter { cursor[$0.name] == nil }
        if !unknown.isEmpty {
            // A new entry counts from now on. That is kept, so that a restart before its first time does not begin
            // anew.
            for entry in unknown { cursor[entry.name] = now }
            return SourceBatch(items: [], progress: .at(cursor: cursor.text))
        }
        while true {
            var jobs: [NewJob] = []
            var hasChanged = false
            let looked = clock.now()
            // A clock that was ahead may have been set right while this slept.
            drawBack(&cursor, to: looked)
            for entry in entries {
                guard let last = cursor[entry.name] else { continue }
                let due = entry.due(after: last, at: clock.now(), limit: max(1, limit - jobs.count))
                jobs += due.items.map(entry.job)
                if due.through != last { hasChanged = true }
                cursor[entry.name] = due.through
            }
            if hasChanged { return SourceBatch(jobs: jobs, progress: .at(cursor: cursor.text)) }
            let next = entries.compactMap { entry in cursor[entry.name].flatMap { entry.recurrence.next(after: $0) } }
            guard let first = next.min() else { return SourceBatch(items: [], progress: .exhausted) }
            // If it was set right just since then, this sleeps no longer than it would have, and looks again.
            try await clock.sleep(until: min(first, clock.now().advanced(by: looked.duration(to: first))))
        }
    }

    /// Has entries go on from now that a clock which was ahead has brought further than that: they would stand still until
    /// then.
    private func drawBack(_ cursor: inout ScheduleCursor, to now: Timestamp) {
        for entry in entries {
            guard let last = cursor[entry.name], last > now.advanced(by: Self.tolerance) else { continue }
            logger.warning(
                "the clock was ahead; a schedule goes on from now",
                metadata: ["entry": "\(entry.name)", "was_at": "\(last.iso8601)"])
            cursor[entry.name] = now
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
            if map.key.isEmpty || map.key.utf8.contains(where: { "=;".utf8.contains($0) }) {
                report.add("'\(map.key)' can't name an entry, expected a name without '=' and ';'", at: map.keyOrigin)
            }
            var section = ConfigurationSection(map.node, title: "entry '\(map.key)'", report: report)
            let entry = ScheduleEntry(&section, name: map.key, now: now)
            section.finish()
            return entry
        }
    }
}
