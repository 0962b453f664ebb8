public import KataAPI
import NIOCore

/// What is done with many jobs at once.
extension ControlClient {
    /// A change that is made to many jobs.
    public enum Change: String, Sendable {
        /// One more attempt.
        case retry
        /// No attempt any more.
        case cancel
    }

    /// The jobs that such a change would be about now.
    ///
    /// - Throws: ``ControlClientError``.
    public func select(_ query: JobQuery, for change: Change) async throws -> SelectionDocument {
        try await document(
            .post("v1", "jobs", change.rawValue, query: query.parameters + [("dry_run", "true")]), within: limits.disk)
    }

    /// Changes these jobs, as far as they are still in the state that the query says, or in one that can be changed.
    ///
    /// - Parameter jobs: at most a few ten thousand.
    /// - Throws: ``ControlClientError``.
    public func change(_ jobs: [Int64], by change: Change, _ query: JobQuery) async throws -> ChangeDocument {
        let body = ByteBuffer(bytes: try JSON.encode(JobIDsDocument(ids: jobs)))
        return try await document(
            .post("v1", "jobs", change.rawValue, query: [("state", query.state)], body: body), within: limits.disk)
    }

    /// Failed jobs, grouped by what is the same in their errors. One page: it goes on where ``FailuresDocument/next`` says.
    ///
    /// - Throws: ``ControlClientError``.
    public func failures(_ query: JobQuery, before: Int64?) async throws -> FailuresDocument {
        let query = query.parameters.filter { $0.name != "state" } + [("before", before.map(String.init))]
        return try await document(.get("v1", "failures", query: query), within: limits.disk)
    }
}
