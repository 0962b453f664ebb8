/// What is wrong with a job that was asked for: a value is beyond its limit. Nothing of it was stored.
public struct JobFault: Error, Hashable, CustomStringConvertible {
    /// A sentence for people that names the value and its limit, without a full stop.
    public let description: String

    /// A fault that is told with that sentence.
    public init(description: String) {
        self.description = description
    }
}
