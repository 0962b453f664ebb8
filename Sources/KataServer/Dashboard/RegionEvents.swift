import Kata
import KataAPI
import ServiceLifecycle

/// A stream of the regions of a page that have changed, as server-sent events.
struct RegionEvents: HTTPBodyPages {
    /// Counts a stream for as long as it is there.
    final class Place: Sendable {
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

    private static let interval = Duration.seconds(1)
    /// How often a stream without changes says that it is alive.
    private static let heartbeat = 15

    private let place: Place
    private let clock: any MonotonicClock
    private let read: @Sendable () async throws -> [RegionFeed.Region]
    private var sent: [String: String] = [:]
    private var isFirst = true
    private var silence = 0
    private(set) var isAtEnd = false

    let patience: Duration? = .seconds(5)

    init(
        in place: Place, clock: any MonotonicClock = PreciseClock(),
        _ read: @escaping @Sendable () async throws -> [RegionFeed.Region]
    ) {
        self.place = place
        self.clock = clock
        self.read = read
    }

    /// - Throws: what reading threw; `CancellationError`.
    mutating func next() async throws -> [UInt8]? {
        while !isAtEnd {
            if !isFirst { await wait() }
            isFirst = false
            if Task.isCancelled { throw CancellationError() }
            if Task.isShuttingDownGracefully { break }
            let regions = try await read()
            let changed = regions.filter { sent[$0.id] != $0.html }
            for region in changed { sent[region.id] = region.html }
            // That a page is of now is no change by itself.
            if changed.contains(where: { $0.id != "as-of" }) {
                silence = 0
                return try changed.flatMap { try Self.event($0) }
            }
            silence += 1
            if silence >= Self.heartbeat {
                silence = 0
                return try regions.filter { $0.id == "as-of" }.flatMap { try Self.event($0) } + Array(":\n\n".utf8)
            }
        }
        isAtEnd = true
        return nil
    }

    /// Until the next look, or the end of the daemon.
    private func wait() async {
        await cancelWhenGracefulShutdown { [clock] in
            // Whatever ended it is looked at afterwards.
            try? await clock.sleep(for: Self.interval)
        }
    }

    private struct Message: Encodable {
        let id: String
        let html: String
    }

    private static func event(_ region: RegionFeed.Region) throws -> [UInt8] {
        let data = try JSON.encode(Message(id: region.id, html: region.html))
        return Array("event: region\ndata: ".utf8) + data + Array("\n\n".utf8)
    }
}
