import Synchronization

/// Counts connections, and keeps some for those who look after the daemon.
final class ConnectionLimit: Sendable {
    private let limit: Int
    private let reserve: Int
    private let count = Mutex(0)

    /// - Parameters:
    ///   - limit: how many connections there may be.
    ///   - reserve: how many more there may be of owners.
    init(_ limit: Int, reserve: Int) {
        self.limit = limit
        self.reserve = reserve
    }

    /// Counts a connection, if there is room for it.
    ///
    /// - Returns: whether it was counted; ``leave()`` is to be called then when it ends.
    func enter(isOwner: Bool) -> Bool {
        count.withLock { count in
            guard count < (isOwner ? limit + reserve : limit) else { return false }
            count += 1
            return true
        }
    }

    func leave() {
        count.withLock { $0 -= 1 }
    }
}
