import Foundation
import Kata

/// What is configured of a plugin that is an executable.
struct PluginSettings: Sendable {
    /// As it is named in the configuration.
    let name: String
    let kind: PluginKind
    let process: ProcessSettings
    let launch: ProcessLaunch
    /// The line that begins the conversation.
    let hello: [UInt8]
    let startTimeout: Duration
    /// After how many answers a process is replaced; `nil` means never.
    let replaceAfter: Int?
    /// Of a source, whether its items are to end; `nil` for a handler.
    var isFinite: Bool?

    static let defaultStartTimeout = Duration.seconds(10)

    /// Reads the plugin's keys. Faults are noted in the section.
    init(
        name: String, path: String, kind: PluginKind, _ section: inout ConfigurationSection, pipeline: String,
        groups: ControlGroups.State = ControlGroups.state
    ) {
        self.name = name
        self.kind = kind
        process = ProcessSettings(&section, pipeline: pipeline, groups: groups)
        let arguments = section.strings("arguments", default: [])
        startTimeout = section.duration("start_timeout", default: Self.defaultStartTimeout)
        replaceAfter =
            section.has("replace_after") ? section.integer("replace_after", in: 1...1_000_000_000) : nil
        let config = section.optionalNode("config")
        if let config {
            if case .map = config.value {
            } else {
                section.fault("config", "is \(config.kind), expected a map of keys and values")
            }
        }
        hello = PluginRequest.hello(kind: kind, pipeline: pipeline, config: config)
        launch = Self.launch(path, arguments, process, pipeline: pipeline)
    }

    /// The settings of a program that comes with Kata, of which nothing can be configured but what it is told at the
    /// beginning.
    ///
    /// - Parameter config: may hold secrets: it goes through a pipe, and neither arguments nor environment show it.
    init(companion name: String, path: String, kind: PluginKind, config: ConfigurationNode, pipeline: String) {
        self.name = name
        self.kind = kind
        process = ProcessSettings.companion
        startTimeout = Self.defaultStartTimeout
        replaceAfter = nil
        hello = PluginRequest.hello(kind: kind, pipeline: pipeline, config: config)
        launch = Self.launch(path, [], process, pipeline: pipeline)
    }

    private static func launch(
        _ path: String, _ arguments: [String], _ process: ProcessSettings, pipeline: String
    ) -> ProcessLaunch {
        let absolute = URL(fileURLWithPath: path).path
        return process.launch(
            absolute, [absolute] + arguments,
            variables: ["KATA_PIPELINE=\(pipeline)", "KATA_PLUGIN_PROTOCOL=\(PluginHello.protocolVersion)"])
    }
}
