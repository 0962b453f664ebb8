public import Kata

/// What `GET /v1/jobs/ID/explain` and `kata-ctl explain ID --json` say.
public struct ExplanationDocument: Codable, Hashable, Sendable {
    public let job: Int64
    public let pipeline: String
    /// `finished`, `running`, `scheduled`, `waiting`, `paused`, `draining`, `limit`, `queued`, `no_worker` or
    /// `no_pipeline`.
    public let code: String
    public let reason: String

    public init(_ record: JobRecord, _ explanation: Explanation) {
        job = record.job.id
        pipeline = record.pipeline
        code = explanation.code.rawValue
        reason = explanation.reason
    }
}
