public import Kata

/// What a request to pause, resume or scale a pipeline answers.
public struct PipelineStateDocument: Codable, Hashable, Sendable {
    /// The pipeline's name, unique within a daemon.
    public let pipeline: String
    /// `running`, `idle`, `paused` or `draining`, after the request.
    public let state: String
    /// How many consumers the pipeline is to have, after the request.
    public let workerCount: Int

    /// - Parameter status: of the pipeline, after the request.
    public init(_ status: PipelineStatus) {
        pipeline = status.name
        state = status.state.rawValue
        workerCount = status.workerCount
    }
}
