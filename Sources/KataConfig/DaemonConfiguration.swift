public import Kata
import KataControl
public import Logging

/// What a daemon is told to do: the content of `kata.yaml` with the overrides applied.
public struct DaemonConfiguration: Sendable {
    /// A pipeline with the text that it was made from, which tells whether a reload changed it.
    public struct Pipeline: Sendable {
        public let configuration: PipelineConfiguration
        public let node: ConfigurationNode
    }

    /// From the root, with symbolic links followed, so that a database has one name.
    public let database: String
    public let socket: String
    public let logLevel: Logger.Level
    /// How long a drain may take before what is not finished goes back.
    public let drainTimeout: Duration
    /// Where plugins are found that are named without a path.
    public let pluginsDirectory: String
    /// In the order of the file.
    public let pipelines: [Pipeline]

    /// Reads a configuration file.
    ///
    /// - Throws: ``ConfigurationFaults`` with every fault.
    public init(
        path: String, overrides: ConfigurationOverrides = ConfigurationOverrides(), paths: DefaultPaths,
        registry: PluginRegistry, context: PluginContext
    ) throws {
        let report = ConfigurationSection.Report()
        let root = try overrides.apply(to: ConfigurationFile.read(path), report: report)
        var section = ConfigurationSection(root, title: "the configuration", report: report)
        database = resolvedPath(section.string("database", default: paths.database))
        socket = section.string("socket", default: paths.daemonSocket)
        if socket.utf8.count > ControlSocketPath.limit {
            section.fault("socket", "has \(socket.utf8.count) bytes, expected at most \(ControlSocketPath.limit)")
        }
        logLevel = section.choice("log_level", default: .info)
        drainTimeout = section.duration("drain_timeout", default: .seconds(30))
        pluginsDirectory = section.string("plugins_directory", default: context.pluginsDirectory)
        var context = context
        context.pluginsDirectory = pluginsDirectory
        pipelines = Self.readPipelines(&section, root: root, report: report, registry: registry, context: context)
        section.finish()
        checkExports(configurationPath: path, report: report)
        try report.throwIfFaulty()
    }

    /// An export replaces its file, so it must be none that is needed.
    private func checkExports(configurationPath: String, report: ConfigurationSection.Report) {
        let files = ["", "-wal", "-shm", ".lock"].map { database + $0 } + [socket, configurationPath]
        var taken = Set(files.map(resolvedPath))
        for pipeline in pipelines {
            guard let export = pipeline.configuration.export, let origin = pipeline.node["export"]?.origin else {
                continue
            }
            let path = resolvedPath(export)
            if !taken.insert(path).inserted {
                report.add(
                    "export is '\(export)', which is another file of this daemon, expected one of its own", at: origin)
            } else if !isDirectory(directory(of: path)) {
                report.add(
                    "export is '\(export)', whose directory is not there, expected one in a directory", at: origin)
            } else if !isFileOrNothing(path) {
                report.add("export is '\(export)', which is no regular file, expected one, or none yet", at: origin)
            }
        }
    }

    private static func readPipelines(
        _ section: inout ConfigurationSection, root: ConfigurationNode, report: ConfigurationSection.Report,
        registry: PluginRegistry, context: PluginContext
    ) -> [Pipeline] {
        guard case .map = root.value else { return [] }
        let expected = "a map of pipelines such as 'kata: { queue_size: 50, … }'"
        guard let node = section.node("pipelines", expected: expected) else { return [] }
        guard case .map(let entries) = node.value, !entries.isEmpty else {
            report.add("pipelines is \(node.summary), expected \(expected)", at: node.origin)
            return []
        }
        var pipelines: [Pipeline] = []
        for entry in entries {
            if !isName(entry.key) {
                report.add(
                    "'\(entry.key)' can't name a pipeline, expected 1 to 64 letters, digits, '_', '.' or '-'",
                    at: entry.keyOrigin
                )
            }
            let configuration = PipelineConfiguration(
                name: entry.key, node: entry.node, report: report, registry: registry, context: context
            )
            guard let configuration else { continue }
            pipelines.append(Pipeline(configuration: configuration, node: entry.node))
        }
        return pipelines
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
