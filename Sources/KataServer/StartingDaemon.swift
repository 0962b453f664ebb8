public import Kata
public import KataAPI

/// What the control server needs from a daemon that waits for its store: it tells so, and does nothing yet.
public struct StartingDaemon: Sendable {
    let version: String
    let status: @Sendable () -> StatusDocument
    let failure: @Sendable () -> StoreFailure

    /// - Parameters:
    ///   - version: the daemon's, for the header of each answer.
    ///   - status: says what it waits for.
    ///   - failure: what requests are refused with.
    public init(
        version: String, status: @escaping @Sendable () -> StatusDocument,
        refusal failure: @escaping @Sendable () -> StoreFailure
    ) {
        self.version = version
        self.status = status
        self.failure = failure
    }
}
