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

    /// Reads the plugin's keys. Faults are noted in the section.
    init(
        name: String, path: String, kind: PluginKind, _ section: inout ConfigurationSection, pipeline: String,
        groups: ControlGroups.State = ControlGroups.state
    ) {
        self.name = name
        self.kind = kind
        process = ProcessSettings(&section, pipeline: pipeline, groups: groups)
        let arguments = section.strings("arguments", default: [])
        startTimeout = section.duration("start_timeout", default: .seconds(10))
        replaceAfter =
            section.has("replace_after") ? section.integer("replace_after", in: 1...1_000_000_000) : nil
        let config = section.optionalNode("config")
        if let config {
            if case .map = config.value {
            } else {
                section.fault("config", "is \(config.summary), expected a map of keys and values")
            }
        }
        hello = PluginRequest.hello(kind: kind, pipeline: pipeline, config: config)
        let absolute = URL(fileURLWithPath: path).path
        launch = process.launch(
            absolute, [absolute] + arguments,
            variables: ["KATA_PIPELINE=\(pipeline)", "KATA_PLUGIN_PROTOCOL=\(PluginHello.protocolVersion)"])
    }
}
