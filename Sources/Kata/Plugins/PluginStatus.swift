/// How a plugin with processes of its own is, at one moment.
public struct PluginStatus: Hashable, Sendable {
    /// As the configuration names the plugin.
    public let name: String
    /// The path of its executable.
    public let path: String
    /// As the plugin says itself; `nil` if it does not, or no process is ready.
    public let version: String?
    /// How many processes are ready for work.
    public let processes: Int
    /// How many processes have ended by themselves, or could not be started.
    public let restarts: Int
    /// How many jobs wait for a process that has room.
    public let waiting: Int
    /// Why the last process ended or could not be started, if none is ready now; `nil` if one is ready, or none was
    /// started yet.
    public let problem: String?

    /// Describes a plugin as it is at one moment.
    public init(
        name: String, path: String, version: String?, processes: Int, restarts: Int, waiting: Int, problem: String?
    ) {
        self.name = name
        self.path = path
        self.version = version
        self.processes = processes
        self.restarts = restarts
        self.waiting = waiting
        self.problem = problem
    }
}
