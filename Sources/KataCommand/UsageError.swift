/// What was asked for can't be done in this way.
public struct UsageError: Error, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
