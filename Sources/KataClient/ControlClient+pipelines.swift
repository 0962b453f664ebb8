public import KataAPI
import NIOCore

extension ControlClient {
    /// Starts another run; `nil` means of the only pipeline.
    ///
    /// - Throws: ``ControlClientError``.
    public func startRun(pipeline: String?) async throws -> RunDocument {
        guard let pipeline else { return try await document(.post("v1", "runs")) }
        return try await document(.post("v1", "pipelines", pipeline, "runs"))
    }

    /// Lets a pipeline begin no more jobs until it is resumed, also after a restart. Jobs in hand go on.
    ///
    /// - Throws: ``ControlClientError``.
    public func pause(pipeline: String) async throws -> PipelineStateDocument {
        try await document(.post("v1", "pipelines", pipeline, "pause"))
    }

    /// Ends a pause.
    ///
    /// - Throws: ``ControlClientError``.
    public func resume(pipeline: String) async throws -> PipelineStateDocument {
        try await document(.post("v1", "pipelines", pipeline, "resume"))
    }

    /// Has the run under way take no more from its source, so that it ends with the jobs that it has.
    ///
    /// - Throws: ``ControlClientError``.
    public func abandonRun(pipeline: String) async throws -> RunDocument {
        try await document(.post("v1", "pipelines", pipeline, "abandon"), within: limits.disk)
    }

    /// Changes how many consumers a pipeline has, until the daemon's next start.
    ///
    /// - Throws: ``ControlClientError``.
    public func scale(pipeline: String, workers: Int) async throws -> PipelineStateDocument {
        try await document(.post("v1", "pipelines", pipeline, "scale", query: [("workers", "\(workers)")]))
    }

    /// Cancels every job of a pipeline that is not finished.
    ///
    /// - Throws: ``ControlClientError``.
    public func cancelAll(pipeline: String) async throws -> ChangeDocument {
        try await document(.post("v1", "pipelines", pipeline, "cancel"), within: limits.disk)
    }

    /// Gives every failed job of a pipeline one more attempt.
    ///
    /// - Throws: ``ControlClientError``.
    public func retryFailed(pipeline: String) async throws -> ChangeDocument {
        try await document(.post("v1", "pipelines", pipeline, "retry"), within: limits.disk)
    }

    /// Jobs that may be pruned, with their attempts, in order of id. One page: it goes on where
    /// ``JobListDocument/next`` says.
    ///
    /// - Parameters:
    ///   - state: a final one.
    ///   - time: in ISO 8601; the jobs were finished before.
    ///   - id: where the page before ended; 0 at first.
    /// - Throws: ``ControlClientError``.
    public func prunable(
        pipeline: String, state: String, before time: String, after id: Int64
    ) async throws -> JobListDocument {
        let query = [("state", state), ("before", time), ("after", "\(id)")]
        return try await document(.get("v1", "pipelines", pipeline, "prunable", query: query), within: limits.disk)
    }

    /// Forgets jobs that may be pruned.
    ///
    /// - Parameter jobs: only these, at most a few thousand; `nil` means all.
    /// - Throws: ``ControlClientError``.
    public func prune(
        pipeline: String, state: String, before time: String, jobs: [Int64]?
    ) async throws -> ChangeDocument {
        let body = try jobs.map { ByteBuffer(bytes: try JSON.encode(JobIDsDocument(ids: $0))) }
        let query = [("state", state), ("before", time)]
        return try await document(
            .post("v1", "pipelines", pipeline, "prune", query: query, body: body), within: limits.disk)
    }
}
