public import KataAPI
import NIOCore

extension ControlClient {
    /// Says what a pipeline does, or what it waits for.
    ///
    /// - Throws: ``ControlClientError``.
    public func explain(pipeline: String) async throws -> ExplanationDocument {
        try await document(.get("v1", "pipelines", pipeline, "explain"))
    }

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

    /// The daemons that work with the same database as this one.
    ///
    /// - Throws: ``ControlClientError``.
    public func nodes() async throws -> NodesDocument {
        try await document(.get("v1", "nodes"), within: limits.disk)
    }

    /// Changes how many consumers a pipeline has on one of them.
    ///
    /// - Throws: ``ControlClientError``.
    public func scale(pipeline: String, workers: Int, node: String) async throws -> NodeWorkersDocument {
        try await document(
            .post("v1", "nodes", node, "pipelines", pipeline, "scale", query: [("workers", "\(workers)")]))
    }

    /// Cancels every job of a pipeline that is not finished.
    ///
    /// - Throws: ``ControlClientError``.
    public func cancelAll(pipeline: String) async throws -> ChangeDocument {
        try await document(.post("v1", "pipelines", pipeline, "cancel"), within: limits.disk)
    }

    /// Jobs that may be pruned, with their attempts, in order of id. One page: it goes on where
    /// ``JobListDocument/next`` says.
    ///
    /// - Parameters:
    ///   - query: what is said of the jobs besides a pipeline and a final state, which it has to name.
    ///   - time: in ISO 8601; the jobs were finished before.
    ///   - id: where the page before ended; 0 at first.
    /// - Throws: ``ControlClientError``.
    public func prunable(_ query: JobQuery, before time: String, after id: Int64) async throws -> JobListDocument {
        let parameters = query.pruning(before: time) + [("after", "\(id)")]
        return try await document(
            .get("v1", "pipelines", query.pipeline ?? "", "prunable", query: parameters), within: limits.disk)
    }

    /// The ids of all jobs that may be pruned.
    ///
    /// - Throws: ``ControlClientError``.
    public func selectPrunable(_ query: JobQuery, before time: String) async throws -> SelectionDocument {
        let parameters = query.pruning(before: time) + [("dry_run", "true")]
        return try await document(
            .post("v1", "pipelines", query.pipeline ?? "", "prune", query: parameters), within: limits.disk)
    }

    /// Forgets these jobs, as far as they may be pruned.
    ///
    /// - Parameter jobs: at most a few ten thousand.
    /// - Throws: ``ControlClientError``.
    public func prune(_ jobs: [Int64], _ query: JobQuery, before time: String) async throws -> ChangeDocument {
        let body = ByteBuffer(bytes: try JSON.encode(JobIDsDocument(ids: jobs)))
        return try await document(
            .post("v1", "pipelines", query.pipeline ?? "", "prune", query: query.pruning(before: time), body: body),
            within: limits.disk)
    }
}

extension JobQuery {
    /// The parameters of a request about jobs that may be pruned.
    fileprivate func pruning(before time: String) -> [(name: String, value: String?)] {
        [("state", state), ("before", time)] + searchParameters
    }
}
