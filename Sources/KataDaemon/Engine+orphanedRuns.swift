import Kata
import Logging
import Synchronization

/// Runs with jobs to do whose pipelines the configuration does not have.
extension Engine {
    /// Runs with jobs to do whose pipelines the configuration does not have, for instance because one was given another
    /// name: as it was at the start, after the last reload, or when the last pipeline that a reload removed had ended.
    var jobsOfUnknownPipelines: [(pipeline: String, count: Int)] {
        orphanedRuns.withLock { $0 }.map { ($0.pipeline, $0.counts.unfinished) }
    }

    /// Notes the runs with jobs to do whose pipelines are not there, and says which are new.
    func lookForOrphanedRuns() async throws {
        let runs = try await store.unfinishedRuns()
        let names = Set(pipelines.map(\.name))
        let orphaned = runs.filter { $0.counts.unfinished > 0 && !names.contains($0.pipeline) }
        let before = orphanedRuns.withLock { runs in
            defer { runs = orphaned }
            return Set(runs.map(\.id))
        }
        for run in orphaned where !before.contains(run.id) {
            logger.warning(
                "jobs wait in a pipeline that the configuration does not have; was it given another name?",
                metadata: ["pipeline": "\(run.pipeline)", "jobs": "\(run.counts.unfinished)"])
        }
    }

    /// The same where nothing else depends on it.
    func tryToLookForOrphanedRuns() async {
        do {
            try await lookForOrphanedRuns()
        } catch {
            logger.warning(
                "the store can't be asked for pipelines that are gone", metadata: ["error": "\(error)"])
        }
    }
}
