/// Counts a stream of events for as long as it is there.
final class StreamPlace: Sendable {
    /// How many streams there may be at a time, of whatever kind.
    static let limit = 64

    private let limit: ConnectionLimit

    /// `nil` if there are as many as there may be.
    init?(in limit: ConnectionLimit) {
        guard limit.enter(isOwner: false) else { return nil }
        self.limit = limit
    }

    deinit {
        limit.leave()
    }
}
