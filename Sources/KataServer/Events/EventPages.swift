import Kata
import KataAPI
import ServiceLifecycle

/// A stream of what happens to jobs, and of the status, as server-sent events.
///
/// Nothing is held for a client but its place among the latest events, which all clients share. Who reads too slowly for these is
/// told that some are left out.
struct EventPages: HTTPBodyPages {
    /// Ends a reader's interest with its stream.
    private final class Reader: Sendable {
        let events: LiveEvents
        let start: UInt64

        init(_ events: LiveEvents) {
            self.events = events
            start = events.join()
        }

        deinit {
            events.leave()
        }
    }

    private static let statusInterval = Duration.seconds(1)
    /// How long a stream may be silent.
    private static let silence = Duration.seconds(15)
    /// How long is waited for more after there was something, so that a flood is sent in few pages.
    private static let pause = Duration.milliseconds(20)
    /// After how many bytes a page is sent.
    private static let pageSize = 1 << 17

    private let query: EventQuery
    private let place: StreamPlace
    private let reader: Reader
    private let daemon: UInt64
    private let clock: any MonotonicClock
    private let status: @Sendable () async throws -> [UInt8]
    /// The number of the last event that was looked at.
    private var position: UInt64
    private var isFirst = true
    private var sentAt: MonotonicInstant
    private var statusAt: MonotonicInstant?
    private(set) var isAtEnd = false

    let patience: Duration? = .seconds(5)

    /// - Parameters:
    ///   - daemon: tells the ids of events from those of earlier starts.
    ///   - status: the status, as JSON in a line.
    init(
        _ query: EventQuery, in place: StreamPlace, _ events: LiveEvents, daemon: UInt64,
        clock: any MonotonicClock = PreciseClock(), status: @escaping @Sendable () async throws -> [UInt8]
    ) {
        self.query = query
        self.place = place
        reader = Reader(events)
        self.daemon = daemon
        self.clock = clock
        self.status = status
        sentAt = clock.now
        // An id of another start is behind everything, so that a gap is told of.
        position = query.lastEvent.map { $0.daemon == daemon ? $0.number : .max } ?? reader.start
    }

    /// - Throws: what the status threw; `CancellationError`.
    mutating func next() async throws -> [UInt8]? {
        var page = isFirst ? ServerSentEvent.retry : []
        if !isFirst { await wait(Self.pause) }
        isFirst = false
        while !Task.isShuttingDownGracefully {
            if Task.isCancelled { throw CancellationError() }
            let change = takeEvents(into: &page)
            let now = clock.now
            if query.wantsStatus, statusAt.map({ $0.duration(to: now) >= Self.statusInterval }) ?? true {
                statusAt = now
                page += ServerSentEvent.bytes(EventQuery.status, data: try await status())
            }
            if page.isEmpty && sentAt.duration(to: now) >= Self.silence { page = ServerSentEvent.heartbeat }
            if !page.isEmpty {
                sentAt = now
                return page
            }
            await wait(until: change, atMost: time(at: now))
            // What others want may come without an end, and is looked at now and then.
            if change == nil { await wait(Self.pause) }
        }
        isAtEnd = true
        return nil
    }

    /// Until the next status or heartbeat is due.
    private func time(at now: MonotonicInstant) -> Duration {
        let heartbeat = Self.silence - sentAt.duration(to: now)
        guard query.wantsStatus, let statusAt else { return heartbeat }
        return min(heartbeat, Self.statusInterval - statusAt.duration(to: now))
    }

    /// - Returns: what opens with the next event; `nil` if there may be more now.
    private mutating func takeEvents(into page: inout [UInt8]) -> Latch? {
        guard !query.kinds.isEmpty else { return Latch() }
        switch reader.events.read(after: position) {
        case .nothing(let change): return change
        case .events(let events, let hasGap):
            if hasGap {
                page += ServerSentEvent.bytes("gap", data: Self.gap)
                position = events.first.map { $0.number - 1 } ?? reader.events.latest
            }
            for event in events {
                position = event.number
                guard query.wants(event) else { continue }
                let mark = EventMark(daemon: daemon, number: event.number)
                page += ServerSentEvent.bytes(event.kind.rawValue, id: mark.text, data: event.json)
                if page.count >= Self.pageSize { break }
            }
            return nil
        }
    }

    private static let gap = JSONWriter.object { json in
        json.field("reason", "events were left out here: this reader was away, or slow, for too long")
    }

    private func wait(_ time: Duration) async {
        // Whatever ended it is looked at afterwards.
        await cancelWhenGracefulShutdown { [clock] in try? await clock.sleep(for: time) }
    }

    private func wait(until change: Latch?, atMost time: Duration) async {
        guard let change, time > .zero else { return }
        await cancelWhenGracefulShutdown { [clock] in
            try? await withCancellation(on: change) { try await clock.sleep(for: time) }
        }
    }
}
