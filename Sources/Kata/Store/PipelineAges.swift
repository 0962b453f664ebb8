/// What a store knows of the times of a pipeline's work.
public struct PipelineAges: Hashable, Sendable {
    /// Since when the first job of some priority could have begun that is not in hand, the longest ago of these; `nil` if no job
    /// is ready.
    public let oldestReady: Timestamp?
    /// When a job was done last; `nil` if none was.
    public let lastSuccess: Timestamp?

    /// Describes a pipeline.
    public init(oldestReady: Timestamp? = nil, lastSuccess: Timestamp? = nil) {
        self.oldestReady = oldestReady
        self.lastSuccess = lastSuccess
    }
}
