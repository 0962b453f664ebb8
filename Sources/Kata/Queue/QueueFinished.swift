/// Thrown to a putter whose queue takes no more elements. The element was not put.
public struct QueueFinished: Error, CustomStringConvertible {
    /// Makes the error, which does not say which queue it was.
    @inlinable
    public init() {}

    /// A sentence for people, without a full stop.
    public var description: String { "the queue is finished and takes no more elements" }
}
