import Glibc
import Kata
import KataCommand
import KataControl
import KataControlServer

extension Engine {
    /// What it does, for the service manager.
    var summary: String {
        let count = pipelines.count
        return "Running \(count) \(count == 1 ? "pipeline" : "pipelines")"
    }
}

/// What the control server shows of the engine, and lets clients do.
struct DaemonControl: ControlService {
    let engine: Engine
    let records: any JobStoreReader
    let databasePath: String
    let version = KataCommand.version
    private let start = PreciseClock().now

    init(engine: Engine, records: any JobStoreReader, databasePath: String) {
        self.engine = engine
        self.records = records
        self.databasePath = databasePath
    }

    func status() -> StatusDocument {
        StatusDocument(
            version: version,
            pid: Int(getpid()),
            state: engine.isDraining ? .draining : .running,
            uptime: start.duration(to: PreciseClock().now),
            database: databasePath,
            pipelines: engine.pipelines.map { $0.status() }
        )
    }

    func startRun(pipeline: String?) async throws -> Run {
        try await find(pipeline).startRun()
    }

    func estimate(pipeline: String?, workers: Int?) throws -> EstimateDocument {
        let configuration = try find(pipeline).configuration
        guard let estimate = configuration.estimate else {
            throw ProblemDocument(
                status: 422, title: "No estimate",
                detail: "the handler of pipeline '\(configuration.name)' does not know how long an item takes"
            )
        }
        return EstimateDocument(
            pipeline: configuration.name, estimate: estimate.with(workers: workers ?? estimate.workers))
    }

    private func find(_ name: String?) throws -> Pipeline {
        let pipelines = engine.pipelines
        let names = pipelines.map(\.name)
        guard let name else {
            if pipelines.count == 1 { return pipelines[0] }
            throw ProblemDocument(
                status: 400, title: "Bad parameter",
                detail: "there are several pipelines; name one of \(names.joined(separator: ", "))"
            )
        }
        if let pipeline = pipelines.first(where: { $0.name == name }) { return pipeline }
        let suggestion =
            nearest(to: name, in: names).map { "did you mean '\($0)'?" } ?? "there is \(names.joined(separator: ", "))"
        throw ProblemDocument(status: 404, title: "Not found", detail: "there is no pipeline '\(name)'; \(suggestion)")
    }
}
