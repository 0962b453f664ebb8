public import Kata
public import KataAPI
import NIOCore

extension ControlClient {
    /// Submits jobs, all of them or none. They are durable when this returns.
    ///
    /// - Parameters:
    ///   - lines: NDJSON, a job a line.
    ///   - key: a name for the request, so that it can be sent again without being done again.
    ///   - trace: where those jobs come from that do not say so themselves.
    /// - Throws: ``ControlClientError``.
    public func submit(
        _ lines: [UInt8], to pipeline: String, key: String? = nil, from trace: TraceParent? = nil
    ) async throws -> SubmitDocument {
        if let key, key.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw ControlClientError.refused(
                ProblemDocument(
                    status: 400, title: "Bad header",
                    detail: "an idempotency key must not have control characters; nothing was submitted"))
        }
        let request = ControlRequest.post(
            "v1", "pipelines", pipeline, "jobs", body: ByteBuffer(bytes: lines), type: "application/x-ndjson")
        return try await document(request.named(key).traced(from: trace), within: limits.disk)
    }

    /// Lists jobs, the latest first. A search that has looked at many jobs ends with fewer, and says where to go on.
    ///
    /// - Parameters:
    ///   - query: which jobs.
    ///   - limit: how many, 1 to 1000.
    ///   - id: only jobs with smaller ids; `nil` means from the latest one on.
    /// - Throws: ``ControlClientError``.
    public func jobs(_ query: JobQuery, limit: Int, before: Int64?) async throws -> JobListDocument {
        let page = [("limit", "\(limit)"), ("before", before.map(String.init))]
        return try await document(.get("v1", "jobs", query: query.parameters + page))
    }

    /// A job with its attempts.
    ///
    /// - Throws: ``ControlClientError``.
    public func job(_ id: Int64) async throws -> JobDocument {
        try await document(.get("v1", "jobs", "\(id)"))
    }

    /// A job with its attempts, as soon as it is finished, or when that time is over, or the daemon ends.
    ///
    /// - Parameter time: an hour at the most.
    /// - Throws: ``ControlClientError``.
    public func job(_ id: Int64, waiting time: Duration) async throws -> JobDocument {
        let milliseconds = time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
        return try await document(
            .get("v1", "jobs", "\(id)", query: [("wait", "\(milliseconds)ms")]), within: time + limits.prompt)
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

    /// Changes a job that has not begun.
    ///
    /// - Parameter edit: JSON such as `{"item": "text", "priority": 5}`, with what is to be different.
    /// - Returns: the job as it is then.
    /// - Throws: ``ControlClientError``.
    public func edit(job id: Int64, _ edit: [UInt8]) async throws -> JobDocument {
        try await document(.patch("v1", "jobs", "\(id)", body: ByteBuffer(bytes: edit)), within: limits.disk)
    }

    /// Adds a copy of a failed or cancelled job with changes.
    ///
    /// - Parameter edit: JSON such as `{"item": "text"}`, with what is to be different.
    /// - Returns: the copy.
    /// - Throws: ``ControlClientError``.
    public func retryCopy(of id: Int64, _ edit: [UInt8]) async throws -> JobDocument {
        try await document(
            .post("v1", "jobs", "\(id)", "retry", body: ByteBuffer(bytes: edit)), within: limits.disk)
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
