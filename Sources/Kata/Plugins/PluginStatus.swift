/// What a plugin is doing that has processes of its own.
public struct PluginStatus: Hashable, Sendable {
    public let name: String
    public let path: String
    /// As it says itself.
    public let version: String?
    /// How many processes are ready for work.
    public let processes: Int
    /// How many have ended by themselves, or could not be started.
    public let restarts: Int
    /// How many jobs wait for a process that has room.
    public let waiting: Int
    /// Why no process is ready, if there was one.
    public let problem: String?

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
