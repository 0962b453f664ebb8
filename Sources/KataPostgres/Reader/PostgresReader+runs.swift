public import Kata

/// Runs, and what is kept of their pipelines.
extension PostgresReader {
    /// The run of that pipeline that is not finished; `nil` if all are.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func unfinishedRun(pipeline: String) async throws -> Run? {
        try await runs(where: "name = $1 AND finished_at IS NULL", [.text(pipeline)]).first
    }

    /// The runs of all pipelines that are not finished, in order of id. Finished ones are not looked at.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func unfinishedRuns() async throws -> [Run] {
        try await runs(where: "finished_at IS NULL ORDER BY run.id")
    }

    /// The run of that pipeline that was started last; `nil` before the first one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func latestRun(pipeline: String) async throws -> Run? {
        try await runs(where: "name = $1 ORDER BY run.id DESC LIMIT 1", [.text(pipeline)]).first
    }

    /// The counts of all runs of that pipeline, which each run keeps: no job is looked at.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func counts(pipeline: String) async throws -> JobCounts {
        try await rows(RunQuery.countsOfOthers, [.text(pipeline), .integer(Int64(0))]) {
            RunQuery.counts($0, from: 0)
        }[0]
    }

    private func runs(where condition: String, _ values: [PostgresValue] = []) async throws -> [Run] {
        try await rows(RunQuery.runs(where: condition), values, { RunQuery.run($0) })
    }
}
