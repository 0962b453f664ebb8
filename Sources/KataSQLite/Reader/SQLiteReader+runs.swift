import GRDB
public import Kata

/// Runs, and what is kept of their pipelines.
extension SQLiteReader {
    /// The run of that pipeline that is not finished; `nil` if all are.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func unfinishedRun(pipeline: String) async throws -> Run? {
        try await run(where: "name = ?1 AND finished_at IS NULL", pipeline)
    }

    /// The runs of all pipelines that are not finished, in order of id. Finished ones are not looked at.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func unfinishedRuns() async throws -> [Run] {
        try await read { database in
            try RunQuery.runs(database, where: "finished_at IS NULL ORDER BY run.id") { _ in }
        }
    }

    /// The run of that pipeline that was started last; `nil` before the first one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func latestRun(pipeline: String) async throws -> Run? {
        try await run(where: "name = ?1 ORDER BY run.id DESC LIMIT 1", pipeline)
    }

    /// The counts of all runs of that pipeline, which each run keeps: no job is looked at.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func counts(pipeline: String) async throws -> JobCounts {
        try await read { try RunQuery.counts($0, pipeline: pipeline, except: 0) }
    }

    private func run(where condition: String, _ pipeline: String) async throws -> Run? {
        try await read { database in
            try RunQuery.runs(database, where: condition) { $0.bind(pipeline, at: 1) }.first
        }
    }
}
