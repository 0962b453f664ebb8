import Foundation
import KataTestSupport
import Logging

@testable import Kata
@testable import KataPlugins

/// A plugin that is an executable, without a pipeline around it.
final class PluginRunner: Sendable {
    let handler: PluginHandler
    private let notes = Notes<String>()

    /// What was logged, as `job 7: text`.
    var log: [String] { notes.all }

    /// The plugin that comes with the tests, in that mode.
    ///
    /// - Throws: `ConfigurationFaults`.
    convenience init(mode: String, _ keys: KeyValuePairs<String, ConfigurationNode> = [:]) throws {
        let keys =
            [
                (key: "config", node: ConfigurationNode.map([(key: "mode", node: .text(mode))])),
                // On a machine that is busy with other tests, too.
                (key: "start_timeout", node: .text("120s")),
            ]
            + keys.map { (key: $0.key, node: $0.value) }
        try self.init(path: Self.misbehave, keys)
    }

    init(
        path: String, _ keys: [(key: String, node: ConfigurationNode)] = [], groups: ControlGroups.State = .untouched
    ) throws {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(keys), title: "the consumer", report: report)
        let logger = Logger(label: "test") { [notes] _ in LogLines(notes) }
        handler = PluginHandler(
            name: "test", path: path, configuration: &section, context: PluginContext(logger: logger, pipeline: "p"),
            groups: groups)
        section.finish()
        try report.throwIfFaulty()
    }

    /// The settings of the plugin that comes with the tests, in that mode.
    static func settings(
        mode: String, startTimeout: String = "120s", keys: [(key: String, node: ConfigurationNode)] = []
    ) throws -> PluginSettings {
        try settings(
            path: misbehave,
            keys: [
                (key: "config", node: ConfigurationNode.map([(key: "mode", node: .text(mode))])),
                (key: "start_timeout", node: .text(startTimeout)),
            ] + keys)
    }

    static func settings(
        path: String, keys: [(key: String, node: ConfigurationNode)] = []
    ) throws -> PluginSettings {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(keys), title: "the consumer", report: report)
        let settings = PluginSettings(name: "test", path: path, kind: .handler, &section, pipeline: "p")
        section.finish()
        try report.throwIfFaulty()
        return settings
    }

    /// Handles a job, as a consumer does.
    func run(_ item: String, id: Job.ID = 7, interruptions: Int = 0) async -> ExecRunner.Outcome {
        let report = JobContext.Report()
        let job = Job(id: id, runID: 1, item: item, interruptions: interruptions)
        let logger = Logger(label: "test") { [notes] _ in LogLines(notes) }
        let context = JobContext(job: job, pipeline: "p", consumerID: "c1", logger: logger, report: report)
        do {
            try await handler.handle(job, in: context)
            return ExecRunner.Outcome(error: nil, output: report.takeOutput())
        } catch {
            return ExecRunner.Outcome(error: error, output: report.takeOutput())
        }
    }

    /// Runs `body`, and stops the plugin.
    func use(_ body: (PluginRunner) async throws -> Void) async throws {
        do {
            try await body(self)
        } catch {
            await handler.stop()
            throw error
        }
        await handler.stop()
    }

    private static let misbehave = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Plugins/misbehave.py").path
}
