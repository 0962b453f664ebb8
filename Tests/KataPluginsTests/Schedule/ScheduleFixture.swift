import Kata
import KataTestSupport
import KataTesting
import Logging

@testable import KataPlugins

/// Makes a schedule's source and asks it for items as a pipeline does.
struct ScheduleFixture: Sendable {
    let clock: ManualWallClock
    private let run = Run(id: 1, pipeline: "p", items: nil, startedAt: .sampleStart)

    init(_ now: String = "2026-01-31T12:00:00.500Z") {
        clock = ManualWallClock(.at(now))
    }

    /// - Throws: `ConfigurationFaults`.
    func source(_ keys: KeyValuePairs<String, ConfigurationNode>) throws -> ScheduleSource {
        try source(keys.map { (key: $0.key, node: $0.value) })
    }

    /// - Throws: `ConfigurationFaults`.
    func source(_ entries: [(key: String, node: ConfigurationNode)]) throws -> ScheduleSource {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(entries), title: "the producer", report: report)
        let context = PluginContext(wallClock: clock, logger: Logger(label: "test"))
        let source = ScheduleSource(configuration: &section, context: context)
        section.finish()
        try report.throwIfFaulty()
        return source
    }

    func faults(_ entries: [(key: String, node: ConfigurationNode)]) -> [String] {
        do {
            _ = try source(entries)
            return []
        } catch let error as ConfigurationFaults {
            return error.faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    /// What comes next, which must not need any time to pass.
    func next(_ source: ScheduleSource, _ progress: inout SourceProgress, limit: Int = 1_000) async throws -> [String] {
        let batch = try await source.items(from: progress, run: run, limit: limit)
        progress = batch.progress
        return batch.items
    }

    /// What comes next once the clock is set, which it is when the source sleeps until `due`.
    func next(
        _ source: ScheduleSource, _ progress: inout SourceProgress, sleepingUntil due: String, thenAt times: String...
    ) async throws -> [String] {
        let clock = self.clock
        async let batch = source.items(from: progress, run: run, limit: 1_000)
        for time in times {
            guard try await eventually({ clock.deadlines == [.at(due)] }) else {
                throw NotAsleep(deadlines: clock.deadlines)
            }
            clock.advance(to: .at(time))
        }
        let answer = try await batch
        progress = answer.progress
        return answer.items
    }

    struct NotAsleep: Error {
        let deadlines: [Timestamp]
    }
}
