public import Kata

/// What `POST /v1/pipelines/NAME/jobs` answers: the ids of the jobs, in the order of the request. They are durable.
public struct SubmitDocument: Codable, Hashable, Sendable {
    public let ids: [Int64]
    /// Those of them that were there before, under the same unique key, so that nothing was added.
    public let duplicates: [Int64]

    public init(_ jobs: [SubmittedJob]) {
        ids = jobs.map(\.id)
        duplicates = jobs.lazy.filter(\.isDuplicate).map(\.id)
    }
}
