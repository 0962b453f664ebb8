import DequeModule
import Synchronization

/// What happens to jobs, for those who look on. As long as nobody does, it costs one look at a flag.
///
/// The latest events are kept, and who reads too slowly misses those before. They are kept for a while after the last reader
/// has left, so that one who comes back goes on where it was.
package final class LiveEvents: Sendable {
    /// What there is to read.
    package enum Reading: Sendable {
        /// The events behind a place, and whether others between are not kept any more.
        case events([LiveEvent], hasGap: Bool)
        /// Nothing yet; the latch opens with the next one.
        case nothing(until: Latch)
    }

    private struct State {
        var events: Deque<LiveEvent> = []
        var bytes = 0
        /// The number of the latest event.
        var last: UInt64 = 0
        /// The number of the latest one that is not kept any more, or never was.
        var forgotten: UInt64 = 0
        var readers = 0
        var lastLeftAt: MonotonicInstant?
        /// Opens with the next event; made by the first who waits for one.
        var change: Latch?

        mutating func forget(most count: Int, bytes limit: Int) {
            while events.count > count || bytes > limit, let first = events.popFirst() {
                bytes -= first.json.count
                forgotten = first.number
            }
        }
    }

    private static let countLimit = 8_192
    private static let byteLimit = 4 << 20
    /// How many events are read at a time, so that nobody waits for long who has one to post.
    private static let readLimit = 512
    /// How long events are kept that nobody reads.
    private static let patience = Duration.seconds(30)

    private let state = Mutex(State())
    private let flag = Atomic(false)
    private let clock: any MonotonicClock

    /// Nothing has happened.
    package init(clock: any MonotonicClock = PreciseClock()) {
        self.clock = clock
    }

    /// Whether anybody wants to know.
    package var areRead: Bool { flag.load(ordering: .relaxed) }

    /// The number of the latest event.
    package var latest: UInt64 { state.withLock { $0.last } }

    /// Has events kept from now on, until ``leave()``.
    ///
    /// - Returns: the number of the latest event.
    package func join() -> UInt64 {
        state.withLock { state in
            state.readers += 1
            flag.store(true, ordering: .relaxed)
            return state.last
        }
    }

    /// Says that a reader wants no more.
    package func leave() {
        state.withLock { state in
            state.readers -= 1
            state.lastLeftAt = clock.now
        }
    }

    /// The events behind a number.
    package func read(after number: UInt64) -> Reading {
        state.withLock { state in
            // A number of the future is none of ours.
            let hasGap = number < state.forgotten || number > state.last
            let place = hasGap ? state.forgotten : number
            let kept = state.events.suffix(Int(clamping: state.last - max(place, state.forgotten)))
            if !kept.isEmpty || hasGap { return .events(Array(kept.prefix(Self.readLimit)), hasGap: hasGap) }
            let change = state.change ?? Latch()
            state.change = change
            return .nothing(until: change)
        }
    }

    /// Takes in an event. To be asked for only if ``areRead``.
    func post(_ kind: LiveEvent.Kind, pipeline: String, job: Job.ID, _ fields: (inout JSONWriter) -> Void) {
        let bytes = JSONWriter.object { json in
            json.field("job", job)
            json.field("pipeline", pipeline)
            fields(&json)
        }
        let change = state.withLock { state -> Latch? in
            if isForgotten(state) {
                flag.store(false, ordering: .relaxed)
                // What follows is not known to anybody, so that there is a gap behind what was read before.
                state.last += 1
                state.forget(most: 0, bytes: 0)
                state.forgotten = state.last
                return nil
            }
            state.last += 1
            state.events.append(
                LiveEvent(number: state.last, kind: kind, pipeline: pipeline, job: job, json: bytes))
            state.bytes += bytes.count
            state.forget(most: Self.countLimit, bytes: Self.byteLimit)
            defer { state.change = nil }
            return state.change
        }
        change?.open()
    }

    private func isForgotten(_ state: State) -> Bool {
        guard state.readers == 0, let left = state.lastLeftAt else { return state.readers == 0 }
        return left.duration(to: clock.now) > Self.patience
    }
}
