public import Kata

/// What `POST /v1/pipelines/NAME/runs` answers: the run that was started.
public struct RunDocument: Codable, Hashable, Sendable {
    public let pipeline: String
    public let id: Int64
    /// Missing if that is not known.
    public let items: Int?

    public init(_ run: Run) {
        pipeline = run.pipeline
        id = run.id
        items = run.items
    }
}
