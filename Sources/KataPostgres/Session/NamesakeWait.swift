import Synchronization

/// What was seen of another daemon that has a node's name, by one that waits for it to be over.
public final class NamesakeWait: Sendable {
    private let last = Mutex<(session: Int64, sequence: Int64)?>(nil)

    /// It was not seen yet.
    public init() {}

    /// Takes in that its session is open.
    ///
    /// - Returns: whether it has made a transaction since the last time, so that it is alive.
    func sees(_ session: Int64, sequence: Int64) -> Bool {
        last.withLock { last in
            defer { last = (session, sequence) }
            return last.map { $0.session == session && $0.sequence < sequence } ?? false
        }
    }
}
