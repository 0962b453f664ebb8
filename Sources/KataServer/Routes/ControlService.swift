public import Kata
public import KataAPI
public import KataMetrics

/// What the control server needs from a daemon.
public protocol ControlService: Sendable {
    /// The daemon's version, for the header of each answer.
    var version: String { get }

    /// The pipelines as they are now.
    var pipelines: [Pipeline] { get }

    /// Cancels, retries, changes and copies jobs, looks for them and waits for their end.
    var steering: JobSteering { get }

    /// The daemons that work with the same database; `nil` if this one has it for itself.
    var nodes: NodeSteering? { get }

    /// The clock that times are counted from.
    var wallClock: any WallClock { get }

    /// Reads what was recorded.
    var records: any JobStoreReader { get }

    /// What the daemon is doing now. Costs no access to the store.
    func status() -> StatusDocument

    /// What was counted and timed since the start, and what the daemon is like now.
    func metrics() async throws -> [MetricFamily]

    /// The plugins that there are, and how those are doing that pipelines use.
    func plugins() -> PluginsDocument

    /// What a drain of the daemon would do now.
    func drainForecast() -> DrainDocument

    /// Begins to drain the daemon, which then ends. Returns at once.
    func drain()
}

extension ControlService {
    /// The daemon has its database for itself.
    public var nodes: NodeSteering? { nil }

    /// The system's clock.
    public var wallClock: any WallClock { SystemWallClock() }

    /// The pipeline of that name; `nil` means the only one.
    ///
    /// - Throws: ``ProblemDocument``.
    func pipeline(_ name: String?) throws -> Pipeline {
        let pipelines = pipelines
        if let name, let pipeline = pipelines.first(where: { $0.name == name }) { return pipeline }
        let names = pipelines.map(\.name)
        guard let name else {
            if pipelines.count == 1 { return pipelines[0] }
            throw ProblemDocument(
                status: 400, title: "Bad parameter",
                detail: "there are several pipelines; name one of \(names.joined(separator: ", "))"
            )
        }
        let suggestion =
            nearest(to: name, in: names).map { "did you mean '\($0)'?" } ?? "there is \(names.joined(separator: ", "))"
        throw ProblemDocument(status: 404, title: "Not found", detail: "there is no pipeline '\(name)'; \(suggestion)")
    }
}
