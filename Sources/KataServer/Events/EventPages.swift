import Kata
import KataAPI
import ServiceLifecycle
import Synchronization

/// A stream of what happens to jobs, and of the status, as server-sent events.
///
/// Nothing is held for a client but its place among the latest events, which all clients share. Who reads too slowly for these is
/// told that some are left out.
struct EventPages: HTTPBodyPages {
    /// Ends a reader's interest with its stream, or before.
    private final class Reader: Sendable {
        let events: LiveEvents
        let start: UInt64
        private let isThere: Mutex<Bool>

        /// - Parameter reads: whether it wants any events at all.
        init(_ events: LiveEvents, reads: Bool) {
            self.events = events
            start = reads ? events.join() : events.latest
            isThere = Mutex(reads)
        }

        deinit {
            leave()
        }

        func leave() {
            let wasThere = isThere.withLock { isThere in
                defer { isThere = false }
                return isThere
            }
            if wasThere { events.leave() }
        }
    }

    private static let statusInterval = Duration.seconds(1)
    /// How long a stream may be silent.
    private static let silence = Duration.seconds(15)
    /// How long is waited for more after there was something, so that a flood is sent in few pages.
    private static let pause = Duration.milliseconds(20)
    /// After how many bytes a page is sent.
    private static let pageSize = 1 << 17
    /// After how many events of others a client is told where it is.
    private static let markInterval: UInt64 = 1_000

    private let query: EventQuery
    private let place: StreamPlace
    private let reader: Reader
    private let daemon: UInt64
    private let clock: any MonotonicClock
    private let status: @Sendable () async throws -> [UInt8]
    /// The number of the last event that was looked at.
    private var position: UInt64
    /// The number that the client was told last.
    private var marked: UInt64
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
        reader = Reader(events, reads: !query.kinds.isEmpty)
        self.daemon = daemon
        self.clock = clock
        self.status = status
        sentAt = clock.now
        // An id of another start is behind everything, so that a gap is told of.
        position = query.lastEvent.map { $0.daemon == daemon ? $0.number : .max } ?? reader.start
        marked = reader.start
    }

    mutating func farewell() -> [UInt8] {
        reader.leave()
        place.leave()
        return []
    }

    /// - Throws: what the status threw; `CancellationError`.
    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var page: [UInt8] = []
        if isFirst { page = ServerSentEvent.retry } else { await wait(Self.pause) }
        while true {
            if Task.isCancelled { throw CancellationError() }
            // Asked before the last look, so that nothing comes between.
            let isEnding = Task.isShuttingDownGracefully
            let change = takeEvents(into: &page)
            let now = clock.now
            if isEnding {
                isAtEnd = change != nil
                if !page.isEmpty || isAtEnd { return page.isEmpty ? nil : page }
                continue
            }
            // The first page says where the client is, so that it misses nothing if its connection is cut off before the first event.
            if isFirst || position >= marked + Self.markInterval { mark(in: &page) }
            isFirst = false
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
                mark(in: &page)
            }
            for event in events {
                position = event.number
                guard query.wants(event) else { continue }
                marked = position
                page += ServerSentEvent.bytes(
                    event.kind.rawValue, id: EventMark(daemon: daemon, number: event.number).text, data: event.json)
                if page.count >= Self.pageSize { break }
            }
            return nil
        }
    }

    /// Says up to which event a client is that has had none of late, so that it goes on there.
    private mutating func mark(in page: inout [UInt8]) {
        if query.kinds.isEmpty { return }
        marked = position
        page += ServerSentEvent.mark(EventMark(daemon: daemon, number: position).text)
    }

    private static let gap = JSONWriter.object { json in
        json.field("reason", "events were left out here, which are not kept any more")
    }

    private func wait(_ time: Duration) async {
        // Whatever ended it is looked at afterwards.
        await cancelWhenGracefulShutdown { [clock] in try? await clock.sleep(for: time) }
    }

    private func wait(until change: Latch?, atMost time: Duration) async {
        guard let change, time > .zero else { return }
        await cancelWhenGracefulShutdown { [clock] in
            // Whatever ended it is looked at afterwards.
            try? await withCancellation(on: change) { try await clock.sleep(for: time) }
        }
    }
}
