import Synchronization

/// Counts a stream of events for as long as it is there, or until it gives its place up.
final class StreamPlace: Sendable {
    /// How many streams there may be at a time, of whatever kind.
    static let limit = 64

    private let limit: ConnectionLimit
    private let isTaken = Mutex(true)

    /// `nil` if there are as many as there may be.
    init?(in limit: ConnectionLimit) {
        guard limit.enter(isOwner: false) else { return nil }
        self.limit = limit
    }

    deinit {
        leave()
    }

    /// Gives the place to another stream, before this one is gone.
    func leave() {
        let wasTaken = isTaken.withLock { isTaken in
            defer { isTaken = false }
            return isTaken
        }
        if wasTaken { limit.leave() }
    }
}
