public import Kata

/// Values from the command line and the environment, which replace those of the file.
public struct ConfigurationOverrides: Sendable {
    /// The value of one key, as a scalar without quotes. It is checked with the rest of the configuration.
    public struct Value: Sendable {
        /// The key in the configuration file, such as `queue_size`.
        public let key: String
        /// The value, with the option or variable as its origin.
        public let node: ConfigurationNode

        /// - Parameter source: the option or variable that the value comes from, such as `--queue-size`, for faults.
        public init(key: String, text: String, source: String) {
            self.key = key
            node = ConfigurationNode(.scalar(text), origin: .setting(source))
        }
    }

    /// Keys at the top level. Of two values for a key the later one counts.
    public var daemon: [Value] = []
    /// Keys of one pipeline. Of two values for a key the later one counts.
    public var pipeline: [Value] = []
    /// The pipeline that ``pipeline`` is for; `nil` means the only one that there is.
    public var pipelineName: String?

    /// No overrides.
    public init() {}

    /// Reads `KATA_DATABASE`, `KATA_NODE`, `KATA_SOCKET`, `KATA_SOCKET_MODE`, `KATA_SOCKET_GROUP`, `KATA_LOG_LEVEL` and `KATA_DRAIN_TIMEOUT`. An empty
    /// variable counts as not set.
    public init(environment: [String: String]) {
        for key in ["database", "node", "socket", "socket_mode", "socket_group", "log_level", "drain_timeout"] {
            let variable = "KATA_\(key.uppercased())"
            if let text = environment[variable], !text.isEmpty {
                daemon.append(Value(key: key, text: text, source: "$\(variable)"))
            }
        }
    }

    /// The configuration with these values in place of the file's. Faults are noted in the report.
    func apply(to root: ConfigurationNode, report: ConfigurationSection.Report) -> ConfigurationNode {
        var root = root
        for value in daemon { root = root.setting(value.key, to: value.node) }
        guard let pipelines = root["pipelines"], case .map(let entries) = pipelines.value, !entries.isEmpty else {
            return root
        }
        let names = entries.map(\.key)
        if let pipelineName, !names.contains(pipelineName) {
            let suggestion =
                nearest(to: pipelineName, in: names).map { "did you mean '\($0)'?" }
                ?? "expected one of \(names.joined(separator: ", "))"
            report.add("there is no pipeline '\(pipelineName)', \(suggestion)", at: .setting("--pipeline"))
            return root
        }
        guard let first = pipeline.first else { return root }
        guard let name = pipelineName ?? (names.count == 1 ? names[0] : nil), var node = pipelines[name] else {
            report.add(
                "there are several pipelines, expected --pipeline with one of \(names.joined(separator: ", "))",
                at: first.node.origin
            )
            return root
        }
        for value in pipeline { node = node.setting(value.key, to: value.node) }
        return root.setting("pipelines", to: pipelines.setting(name, to: node))
    }
}
