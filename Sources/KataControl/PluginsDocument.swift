public import Kata

/// What `GET /v1/plugins` answers: the plugins that there are.
public struct PluginsDocument: Codable, Hashable, Sendable {
    public struct Plugin: Codable, Hashable, Sendable {
        public let name: String
        /// `source` or `handler`; missing where only the plugin itself knows.
        public let kind: String?
        /// `built in`, or the path of the executable.
        public let origin: String
        /// The pipeline that uses it, if one does.
        public let pipeline: String?
        /// Whether it can work; missing for one that nobody uses.
        public let healthy: Bool?
        public let version: String?
        /// How many processes are ready.
        public let processes: Int?
        /// How many have ended by themselves, or could not be started.
        public let restarts: Int?
        /// How many jobs wait for a process that has room.
        public let waiting: Int?
        /// Why none is ready.
        public let problem: String?

        /// One that comes with Kata, or that nobody uses.
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

        /// One with processes of its own that a pipeline uses.
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

    public let directory: String
    public let plugins: [Plugin]

    public init(directory: String, plugins: [Plugin]) {
        self.directory = directory
        self.plugins = plugins
    }
}
