/// The store could not be written, so nothing more is taken.
public struct RecorderFailure: Error, Hashable, CustomStringConvertible {
    public let reason: String

    public init(reason: String) {
        self.reason = reason
    }

    public var description: String { reason }
}
