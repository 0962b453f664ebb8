public import Kata

/// What `POST /v1/pipelines/NAME/jobs` answers: the ids of the jobs, in the order of the request. They are durable.
public struct SubmitDocument: Codable, Hashable, Sendable {
    /// One for each job of the request, in its order; the id of the job that was there before, where a job is a
    /// duplicate.
    public let ids: [Int64]
    /// The ids of the jobs that were there before, under the same unique key, so that nothing was added.
    public let duplicates: [Int64]

    /// - Parameter jobs: what became of each job, in the order of the request.
    public init(_ jobs: [SubmittedJob]) {
        ids = jobs.map(\.id)
        duplicates = jobs.lazy.filter(\.isDuplicate).map(\.id)
    }

    /// The answers to several requests as one.
    ///
    /// - Parameters:
    ///   - ids: in the order of the requests.
    ///   - duplicates: those of them that were there before.
    public init(ids: JobIDs, duplicates: JobIDs) {
        self.ids = Array(ids)
        self.duplicates = Array(duplicates)
    }

    /// What ``JSON/encode(_:isPretty:)`` makes of the document, in less time than it takes to submit a job.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (name, ids) in [("duplicates", duplicates), ("ids", ids)] {
                json.key(name)
                json.list { json in
                    for id in ids { json.raw(String(id)) }
                }
            }
        }
        return json.bytes
    }
}
