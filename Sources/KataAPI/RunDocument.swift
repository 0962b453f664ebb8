public import Kata

/// What `POST /v1/pipelines/NAME/runs` and `…/abandon` answer: the run that was started, or abandoned.
public struct RunDocument: Codable, Hashable, Sendable {
    /// The name of the run's pipeline.
    public let pipeline: String
    /// Unique within a database; later runs have larger ids.
    public let id: Int64
    /// Which run of its pipeline it is, from 1; missing from a daemon that does not know.
    public let number: Int?
    /// How many items the run has; missing if that is not known.
    public let items: Int?

    /// - Parameter run: the one that was started, or abandoned.
    public init(_ run: Run) {
        pipeline = run.pipeline
        id = run.id
        number = run.number
        items = run.items
    }
}
