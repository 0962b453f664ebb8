public import Kata

/// What `GET /v1/jobs/ID/explain` and `kata-ctl explain ID --json` say.
public struct ExplanationDocument: Codable, Hashable, Sendable {
    /// The job's id.
    public let job: Int64
    /// The name of the job's pipeline.
    public let pipeline: String
    /// Why the job is not running, or that it is: `finished`, `running`, `scheduled`, `waiting`, `paused`, `draining`,
    /// `limit`, `queued`, `handler_down`, `no_worker` or `no_pipeline`.
    public let code: String
    /// Why, in words for people, with what it depends on, such as the jobs that this one waits for.
    public let reason: String

    /// - Parameters:
    ///   - record: of the job.
    ///   - explanation: of where the job stands.
    public init(_ record: JobRecord, _ explanation: Explanation) {
        job = record.job.id
        pipeline = record.pipeline
        code = explanation.code.rawValue
        reason = explanation.reason
    }
}
