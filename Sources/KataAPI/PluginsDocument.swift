public import Kata

/// What `GET /v1/plugins` answers: the plugins that there are.
public struct PluginsDocument: Codable, Hashable, Sendable {
    /// A source or handler: once for each use in a pipeline, or once if no pipeline uses it.
    public struct Plugin: Codable, Hashable, Sendable {
        /// The name in the configuration, which is a path where the executable is named by one.
        public let name: String
        /// `source` or `handler`; missing where only the plugin itself knows.
        public let kind: String?
        /// `built in`, or the path of the executable.
        public let origin: String
        /// The pipeline that uses the plugin; missing if none does.
        public let pipeline: String?
        /// Whether the plugin can work; missing if no pipeline uses it. It is true before the first process is started.
        public let healthy: Bool?
        /// As the plugin says itself; missing if it says none, no process is ready, or it has no processes.
        public let version: String?
        /// How many processes have said hello and share the jobs; missing, as the following are, unless the plugin has
        /// processes of its own.
        public let processes: Int?
        /// How many processes have ended by themselves, or could not be started, since the pipeline was started.
        public let restarts: Int?
        /// How many jobs wait for a process that has room.
        public let waiting: Int?
        /// Why no process is ready, in words; missing if one is, or none was needed yet.
        public let problem: String?

        /// A plugin that has no processes of its own, or that no pipeline uses.
        public init(name: String, kind: String?, origin: String, pipeline: String? = nil) {
            self.name = name
            self.kind = kind
            self.origin = origin
            self.pipeline = pipeline
            healthy = pipeline == nil ? nil : true
            version = nil
            processes = nil
            restarts = nil
            waiting = nil
            problem = nil
        }

        /// A plugin with processes of its own that a pipeline uses.
        public init(_ status: PluginStatus, kind: String, pipeline: String) {
            name = status.name
            self.kind = kind
            origin = status.path
            self.pipeline = pipeline
            healthy = status.problem == nil
            version = status.version
            processes = status.processes
            restarts = status.restarts
            waiting = status.waiting
            problem = status.problem
        }
    }

    /// Where executables are looked for that the configuration names without a path.
    public let directory: String
    /// The plugins that pipelines use, pipeline by pipeline, and then the others.
    public let plugins: [Plugin]

    /// - Parameter directory: where executables are looked for.
    public init(directory: String, plugins: [Plugin]) {
        self.directory = directory
        self.plugins = plugins
    }
}
