public import Kata
import KataAPI
public import Logging

/// What a daemon is told to do: the content of `kata.yaml` with the overrides applied.
public struct DaemonConfiguration: Sendable {
    /// A pipeline with the node that it was made from, which tells whether a reload changed it.
    public struct Pipeline: Sendable {
        /// What the pipeline is made of, its plugins included.
        public let configuration: PipelineConfiguration
        /// The pipeline's map, with the overrides applied. Equal to that of an earlier configuration if nothing was
        /// changed.
        public let node: ConfigurationNode
    }

    /// Where the jobs are kept.
    public let database: DatabaseLocation
    /// What the daemon is among others with the same database.
    public let node: NodeConfiguration
    /// The number of the group that may read the database; `nil` if only its user may.
    public let databaseGroup: UInt32?
    /// The path of the control socket, at most 99 bytes; a relative one starts at the working directory.
    public let socket: String
    /// The permissions of the control socket's file.
    public let socketMode: UInt32
    /// The number of the group of the control socket's file; `nil` means that of the daemon.
    public let socketGroup: UInt32?
    /// The least severe level that is logged.
    public let logLevel: Logger.Level
    /// How long a drain may take before what is not finished goes back to pending.
    public let drainTimeout: Duration
    /// For how long a database that takes no writes is waited for.
    public let storePatience: Duration
    /// The directory of the executables that pipelines name as plugins without a path.
    public let pluginsDirectory: String
    /// `nil` if there is no dashboard.
    public let dashboard: DashboardConfiguration?
    /// `nil` if metrics are only offered on the control socket.
    public let metrics: MetricsConfiguration?
    /// At least one, in the order of the file.
    public let pipelines: [Pipeline]

    /// One that is made without a file.
    init(
        database: DatabaseLocation = .file("kata.db"), databaseGroup: UInt32? = nil, socket: String = "kata.sock",
        socketMode: UInt32 = 0o600, socketGroup: UInt32? = nil, logLevel: Logger.Level = .info, drainTimeout: Duration,
        storePatience: Duration = .seconds(600),
        pluginsDirectory: String = PluginContext.defaultPluginsDirectory, pipelines: [Pipeline]
    ) {
        self.database = database
        node = NodeConfiguration()
        self.databaseGroup = databaseGroup
        self.socket = socket
        self.socketMode = socketMode
        self.socketGroup = socketGroup
        self.logLevel = logLevel
        self.drainTimeout = drainTimeout
        self.storePatience = storePatience
        self.pluginsDirectory = pluginsDirectory
        dashboard = nil
        metrics = nil
        self.pipelines = pipelines
    }

    /// Reads a configuration file, and makes the plugins of its pipelines.
    ///
    /// - Parameters:
    ///   - path: of the YAML file.
    ///   - text: what is read in place of the file, as if it stood there; `nil` means the file.
    ///   - paths: where the database and the socket are if neither the file nor the overrides say so.
    ///   - registry: the plugins that pipelines can name.
    ///   - context: what the plugins are given; the pipeline's name is added for each.
    ///   - databaseFiles: the paths of all files that belong to a database, which nothing else may be written over.
    /// - Throws: ``ConfigurationFaults`` with every fault.
    public init(
        path: String, text: String? = nil, overrides: ConfigurationOverrides = ConfigurationOverrides(),
        paths: DefaultPaths,
        registry: PluginRegistry, context: PluginContext, databaseFiles: (_ database: String) -> [String]
    ) throws {
        let report = ConfigurationSection.Report()
        let file = try text.map { try ConfigurationFile.parse($0, path: path) } ?? ConfigurationFile.read(path)
        let root = overrides.apply(to: file, report: report).withoutExtensions
        var section = ConfigurationSection(root, title: "the configuration", report: report)
        database = Self.readDatabase(in: &section, paths)
        node = NodeConfiguration(in: &section)
        databaseGroup = Self.readGroup("database_group", in: &section)
        socket = section.path("socket", default: paths.daemonSocket)
        if socket.utf8.count > ControlSocketPath.limit {
            section.fault("socket", "has \(socket.utf8.count) bytes, expected at most \(ControlSocketPath.limit)")
        }
        socketGroup = Self.readGroup("socket_group", in: &section)
        socketMode = Self.readMode("socket_mode", in: &section) ?? (socketGroup == nil ? 0o600 : 0o660)
        logLevel = section.choice("log_level", default: .info)
        drainTimeout = section.duration("drain_timeout", default: .seconds(30))
        storePatience = section.duration("store_patience", default: .seconds(600))
        pluginsDirectory = section.path("plugins_directory", default: context.pluginsDirectory)
        dashboard = DashboardConfiguration("ui", in: &section)
        metrics = MetricsConfiguration("metrics", in: &section)
        var context = context
        context.pluginsDirectory = pluginsDirectory
        pipelines = Self.readPipelines(&section, root: root, report: report, registry: registry, context: context)
        section.finish()
        checkAlarms(names: root["pipelines"]?.mapKeys ?? [], report: report)
        checkExports(
            reserved: (database.path.map(databaseFiles) ?? []) + [socket, path], report: report, logger: context.logger)
        try report.throwIfFaulty()
    }

    private static func readDatabase(in section: inout ConfigurationSection, _ paths: DefaultPaths) -> DatabaseLocation
    {
        let schema = section.optionalString("database_schema") ?? "kata"
        if !(1...63).contains(schema.utf8.count) || schema.hasPrefix("pg_") {
            section.fault(
                "database_schema", "is '\(schema.abbreviated)', expected 1 to 63 bytes that do not begin with 'pg_'")
        }
        let text = section.string("database", default: paths.database)
        if let address = PostgresAddress(text) { return .postgres(address, schema: schema) }
        if let scheme = text.split(separator: ":", maxSplits: 1).first, text.dropFirst(scheme.count).hasPrefix("://") {
            section.fault(
                "database", "is an address of '\(scheme)', expected a path, or one that begins with 'postgres://'")
        }
        // What is not said, or was faulty, is taken as it is.
        let path = text == paths.database ? text : section.expand(text, "database") ?? paths.database
        return .file(resolvedPath(path))
    }

    private static func readGroup(_ key: String, in section: inout ConfigurationSection) -> UInt32? {
        guard let name = section.optionalString(key), !name.isEmpty else { return nil }
        if let group = groupID(name) { return group }
        section.fault(key, "is '\(name)', which is no group of this system, expected one")
        return nil
    }

    /// Reads permissions as `chmod` takes them: to some readers of YAML 0660 is 432, so that only the digits count.
    private static func readMode(_ key: String, in section: inout ConfigurationSection) -> UInt32? {
        guard let text = section.optionalString(key), !text.isEmpty else { return nil }
        let digits = text.count == 4 && text.first == "0" ? text.dropFirst() : text[...]
        if digits.utf8.count == 3, let mode = UInt32(digits, radix: 8), mode & 0o600 == 0o600 { return mode }
        section.fault(
            key, "is '\(text.abbreviated)', expected permissions such as 0660, with which the owner may read and write")
        return nil
    }

    /// An export replaces its file, so it must be no file that the daemon needs, and none that holds something else.
    private func checkExports(reserved: [String], report: ConfigurationSection.Report, logger: Logger) {
        var taken = Set(reserved.map(resolvedPath))
        for pipeline in pipelines {
            // An empty one was faulty.
            guard let export = pipeline.configuration.export, !export.isEmpty,
                let origin = pipeline.node["export"]?.origin
            else { continue }
            let inputs = pipeline.configuration.source.inputFiles
            let place = FileQuestion.ask(.optional) { ExportPlace(path: export, inputs: inputs) }
            if !taken.insert(place?.resolved ?? absolutePath(export)).inserted {
                report.add(
                    "export is '\(export)', which is another file of this daemon, expected one of its own", at: origin)
            } else if let place {
                if let fault = place.fault { report.add("export is '\(export)', \(fault)", at: origin) }
            } else {
                logger.warning(
                    "the export gives no answer and is not checked",
                    metadata: ["pipeline": "\(pipeline.configuration.name)", "file": "\(export)"])
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
            if !(entry.key.utf8.count <= 64 && entry.key.isName(with: "_.-")) {
                report.add(
                    "'\(entry.key.abbreviated)' can't name a pipeline, expected 1 to 64 letters, digits, '_', '.' or '-'",
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
}

extension ConfigurationNode {
    /// A map without the keys that begin with `x-`: they are a place for what is used elsewhere, by aliases.
    fileprivate var withoutExtensions: ConfigurationNode {
        guard case .map(let entries) = value else { return self }
        return ConfigurationNode(.map(entries.filter { !$0.key.hasPrefix("x-") }), origin: origin)
    }
}
