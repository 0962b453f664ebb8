/// What was asked for on the command line can't be done in this way.
public struct UsageError: Error, Hashable, CustomStringConvertible {
    /// A sentence for the user, with what to do instead.
    public let description: String

    /// - Parameter description: a sentence for the user, with what to do instead.
    public init(_ description: String) {
        self.description = description
    }
}
