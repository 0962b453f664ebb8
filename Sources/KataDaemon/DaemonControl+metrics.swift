import Glibc
import Kata
import KataConfig
import KataMetrics

extension DaemonControl {
    /// What was counted and timed since the start, and what the daemon is like now. A store that gives no answer costs the ages
    /// of jobs, and nothing else.
    func metrics() async throws -> [MetricFamily] {
        var pipelines: [DaemonGauges.PipelineState] = []
        for pipeline in engine.pipelines { pipelines.append(await state(of: pipeline)) }
        let gauges = DaemonGauges(
            version: version, isDraining: engine.isDraining, outage: recorder.outage,
            files: (Self.size(of: database.path), Self.size(of: database.path.map { $0 + "-wal" })),
            pipelines: pipelines)
        return counted.families + gauges.families
    }

    private func state(of pipeline: Pipeline) async -> DaemonGauges.PipelineState {
        let now = Timestamp.now()
        // A store that fails is told of by `kata_store_up`, and all else is to be known just then.
        let schedule = (try? await pipeline.schedule()) ?? []
        let ages = try? await pipeline.ages()
        let next = schedule.filter { $0.state.pausedAt == nil }.compactMap { entry, _ in
            entry.times(after: now, limit: 1).first.flatMap { Timestamp(iso8601: $0) }.map {
                (entry: entry.name, time: $0)
            }
        }
        return DaemonGauges.PipelineState(
            status: pipeline.status(), ages: ages, nextTimes: next,
            restarts: pipeline.configuration.handler.status?.restarts)
    }

    private static func size(of path: String?) -> Int64? {
        guard let path else { return nil }
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}
