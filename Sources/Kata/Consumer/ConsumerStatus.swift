/// What one consumer is doing at one moment.
public struct ConsumerStatus: Hashable, Sendable {
    /// `c1`, `c2`, …, unique within the pipeline.
    public let id: String
    /// The item that the handler has from this consumer; `nil` if it has none.
    public let item: String?
    /// The job of ``item``; `nil` if there is none.
    public let jobID: Job.ID?
    /// How many attempts this consumer has made since work on the run began or went on. Interrupted and cancelled ones
    /// do not count.
    public let consumed: Int
    /// How far the job is, as its handler says; `nil` if the handler says nothing, or has no job.
    public let progress: JobProgress?
    /// How long the handler has had the job; `nil` if it has none.
    public var busyTime: Duration? = nil

    /// A consumer that has nothing to do.
    static func idle(_ id: String) -> ConsumerStatus {
        ConsumerStatus(id: id, item: nil, jobID: nil, consumed: 0, progress: nil)
    }
}
