import Kata
import ServiceLifecycle

/// A stream of the regions of a page that have changed, as server-sent events.
struct RegionEvents: HTTPBodyPages {
    private static let interval = Duration.seconds(1)
    /// After how many looks a stream without changes says that it is alive.
    private static let heartbeat = 15

    private let place: StreamPlace
    private let clock: any MonotonicClock
    private let read: @Sendable () async throws -> [PageRegionText]
    private var sent: [String: String] = [:]
    private var isFirst = true
    private var silence = 0
    private(set) var isAtEnd = false

    let patience: Duration? = .seconds(5)

    init(
        in place: StreamPlace, clock: any MonotonicClock = PreciseClock(),
        _ read: @escaping @Sendable () async throws -> [PageRegionText]
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
                return changed.flatMap(\.event)
            }
            silence += 1
            if silence >= Self.heartbeat {
                silence = 0
                return regions.filter { $0.id == "as-of" }.flatMap(\.event) + ServerSentEvent.heartbeat
            }
        }
        isAtEnd = true
        return nil
    }

    mutating func farewell() -> [UInt8] {
        place.leave()
        return []
    }

    /// Until the next look, or the end of the daemon.
    private func wait() async {
        await cancelWhenGracefulShutdown { [clock] in
            // Whatever ended it is looked at afterwards.
            try? await clock.sleep(for: Self.interval)
        }
    }
}
