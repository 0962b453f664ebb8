public import KataAPI
import NIOCore

extension ControlClient {
    /// Submits jobs, all of them or none. They are durable when this returns.
    ///
    /// - Parameters:
    ///   - lines: NDJSON, a job a line.
    ///   - key: a name for the request, so that it can be sent again without being done again.
    /// - Throws: ``ControlClientError``.
    public func submit(_ lines: [UInt8], to pipeline: String, key: String? = nil) async throws -> SubmitDocument {
        if let key, key.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw ControlClientError.refused(
                ProblemDocument(
                    status: 400, title: "Bad header",
                    detail: "an idempotency key must not have control characters; nothing was submitted"))
        }
        let request = ControlRequest.post(
            "v1", "pipelines", pipeline, "jobs", body: ByteBuffer(bytes: lines), type: "application/x-ndjson")
        return try await document(request.named(key), within: limits.disk)
    }

    /// Lists jobs, the latest first.
    ///
    /// - Parameters:
    ///   - pipeline: only of this one; `nil` means of all.
    ///   - state: only in this one, which may be `running`; `nil` means in any.
    ///   - limit: how many, 1 to 1000.
    ///   - id: only jobs with smaller ids; `nil` means from the latest one on.
    /// - Throws: ``ControlClientError``.
    public func jobs(pipeline: String?, state: String?, limit: Int, before: Int64?) async throws -> JobListDocument {
        let query = [
            ("pipeline", pipeline), ("state", state), ("limit", "\(limit)"), ("before", before.map(String.init)),
        ]
        return try await document(.get("v1", "jobs", query: query))
    }

    /// A job with its attempts.
    ///
    /// - Throws: ``ControlClientError``.
    public func job(_ id: Int64) async throws -> JobDocument {
        try await document(.get("v1", "jobs", "\(id)"))
    }

    /// Why a job stands where it stands.
    ///
    /// - Throws: ``ControlClientError``.
    public func explain(job id: Int64) async throws -> ExplanationDocument {
        try await document(.get("v1", "jobs", "\(id)", "explain"))
    }

    /// Cancels a job that is not finished, and those that wait for it to be done.
    ///
    /// - Returns: the job as it is then.
    /// - Throws: ``ControlClientError``.
    public func cancel(job id: Int64) async throws -> JobDocument {
        try await document(.post("v1", "jobs", "\(id)", "cancel"))
    }

    /// Gives a failed or cancelled job one more attempt, due now; a job that is scheduled or waits for others is only
    /// made due.
    ///
    /// - Parameter withDependents: whether jobs are tried again after it that were cancelled because they waited for it.
    /// - Returns: the job as it is then.
    /// - Throws: ``ControlClientError``.
    public func retry(job id: Int64, withDependents: Bool = false) async throws -> JobDocument {
        guard withDependents else { return try await document(.post("v1", "jobs", "\(id)", "retry")) }
        return try await document(
            .post("v1", "jobs", "\(id)", "retry", query: [("with_dependents", "true")]), within: limits.disk)
    }
}
