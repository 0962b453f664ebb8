/// The store could not be written, or the recorder was stopped, so nothing more is taken.
public struct RecorderFailure: Error, Hashable, CustomStringConvertible {
    /// What the store said, for people.
    public let reason: String

    /// Makes a failure with a reason for people.
    public init(reason: String) {
        self.reason = reason
    }

    /// A failure of the store.
    init(after error: any Error) {
        let isUndecided = (error as? StoreFailure)?.isUndecided ?? false
        reason = isUndecided ? "\(error); whether what was written last is kept shows at a restart" : "\(error)"
    }

    /// The ``reason``.
    public var description: String { reason }
}
