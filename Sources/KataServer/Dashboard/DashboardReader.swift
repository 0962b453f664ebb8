import Glibc
import Kata
import KataAPI
import KataDashboard

/// Reads what pages show. It asks for nothing that other clients could not ask for.
struct DashboardReader: Sendable {
    let service: any ControlService
    private let host: String

    /// How many results a picture of a run has at the most, and among how many of all it is looked for.
    private static let resultLimit = 2_000
    private static let resultWindow: Int64 = 20_000

    init(service: any ControlService) {
        self.service = service
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func frame(
        _ title: String, in place: PageFrame.Place?, isBelow: Bool = false, _ status: StatusDocument, at now: Timestamp
    ) -> PageFrame {
        PageFrame(
            title, in: place, isBelow: isBelow,
            daemon: .init(version: status.version, host: host, pid: status.pid, database: status.database),
            uptime: status.uptimeSeconds, at: now)
    }

    func snapshot(of pipeline: Pipeline) async throws -> PipelineSnapshot {
        PipelineSnapshot(status: pipeline.status(), activity: pipeline.activity, ages: try await pipeline.ages())
    }

    func snapshots() async throws -> [PipelineSnapshot] {
        var snapshots: [PipelineSnapshot] = []
        for pipeline in service.pipelines { snapshots.append(try await snapshot(of: pipeline)) }
        return snapshots
    }

    /// The results of a pipeline's latest run; `nil` if there are too many, or they lie too far back.
    func latestResults(of pipeline: PipelineStatus) async throws -> [JobResult]? {
        guard let run = pipeline.run, run.consumed <= Self.resultLimit else { return nil }
        let last = try await service.records.latestResultID()
        let results = try await service.records.results(
            ResultSelection(pipeline: pipeline.name, runs: .one(run.id)), after: max(0, last - Self.resultWindow),
            limit: Self.resultLimit)
        return results.isEmpty && run.consumed > 0 ? nil : results
    }
}
