public import Kata

/// What `GET /v1/jobs/ID/explain` and `GET /v1/pipelines/NAME/explain` say, and `kata-ctl explain --json`.
public struct ExplanationDocument: Codable, Hashable, Sendable {
    /// The job's id; missing where a pipeline is explained.
    public let job: Int64?
    /// The name of the pipeline, or of the job's.
    public let pipeline: String
    /// Why the job is not running, or that it is: `finished`, `running`, `scheduled`, `waiting`, `paused`, `draining`,
    /// `limit`, `queued`, `handler_down`, `no_worker` or `no_pipeline`. Of a pipeline also `idle` or `problem`, and none of
    /// `scheduled`, `limit`, `handler_down`, `no_worker` and `no_pipeline`.
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

    /// - Parameters:
    ///   - pipeline: the pipeline's name.
    ///   - explanation: of what the pipeline does.
    public init(pipeline: String, _ explanation: Explanation) {
        job = nil
        self.pipeline = pipeline
        code = explanation.code.rawValue
        reason = explanation.reason
    }
}
