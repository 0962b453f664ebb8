import Dispatch
import Glibc
import Kata
import Synchronization

/// Writes log entries on a thread of its own, so that whoever logs never waits for whoever reads.
///
/// What nobody reads in time is bounded: as long as there is no room, entries are dropped and counted, and the count stands
/// where they would have stood.
final class LogWriter: Sendable {
    private struct State {
        /// What is not being written yet.
        var pending = LogEntries()
        /// How many entries were dropped since the last one that was not.
        var dropped = 0
        /// Whether the thread waits, or is about to. Whoever takes that back wakes it.
        var isThreadWaiting = false
        /// Signalled once everything is written.
        var flushes: [Flush] = []

        /// - Returns: whether the thread has to be woken.
        mutating func wakesThread() -> Bool {
            defer { isThreadWaiting = false }
            return isThreadWaiting
        }
    }

    private struct Flush {
        let isDone = DispatchSemaphore(value: 0)
        let deadline: MonotonicInstant
    }

    /// How many bytes may wait to be written.
    static let limit = 1 << 20
    /// How many bytes more may wait of what is more than information: what a drain has done is not to be lost in a flood.
    static let reserve = 1 << 18
    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    /// The entry that says how many were dropped.
    private let droppedEntry: @Sendable (_ count: Int) -> String

    /// Starts the thread, which ends with the process.
    ///
    /// - Parameter droppedEntry: says how many entries were dropped.
    /// - Throws: ``SystemShortage`` if there is no room for the thread.
    init(
        to sink: any LogSink, droppedEntry: @escaping @Sendable (_ count: Int) -> String
    ) throws(SystemShortage) {
        self.droppedEntry = droppedEntry
        try startThread(named: "kata-log") { [self] in
            var sink = sink
            work(&sink)
        }
    }

    /// Has an entry written, in the order of the calls, unless too much waits to be written. Never waits.
    ///
    /// - Parameter isImportant: whether it may use the ``reserve``.
    func write(_ entry: String, isImportant: Bool = false) {
        var entry = entry
        let limit = isImportant ? Self.limit + Self.reserve : Self.limit
        let wakes = entry.withUTF8 { entry in
            state.withLock { state in
                guard state.pending.bytes.count + entry.count <= limit else {
                    state.dropped += 1
                    return false
                }
                if state.dropped > 0 { state.pending.append(takeDropped(&state).utf8) }
                state.pending.append(entry)
                return state.wakesThread()
            }
        }
        if wakes { wakeUp.signal() }
    }

    /// Waits until everything is written that was given before, or until that time is over: nobody may read it at all.
    func flush(within limit: Duration) {
        let flush = Flush(deadline: PreciseClock().now.advanced(by: limit))
        let wakes = state.withLock { state in
            state.flushes.append(flush)
            return state.wakesThread()
        }
        if wakes { wakeUp.signal() }
        _ = flush.isDone.wait(timeout: .now() + limit.seconds)
    }

    private enum Step {
        case write(LogEntries)
        case finish([Flush])
        case wait
    }

    private func work(_ sink: inout any LogSink) -> Never {
        while true {
            switch nextStep() {
            case .write(let entries):
                let lost = sink.write(entries)
                if lost > 0 { state.withLock { $0.dropped += lost } }
            case .finish(let flushes):
                for flush in flushes {
                    sink.waitUntilTaken(within: PreciseClock().now.duration(to: flush.deadline))
                    flush.isDone.signal()
                }
            case .wait: wakeUp.wait()
            }
        }
    }

    private func nextStep() -> Step {
        state.withLock { state in
            if state.pending.isEmpty && state.dropped > 0 { state.pending.append(takeDropped(&state).utf8) }
            if !state.pending.isEmpty {
                defer { state.pending = LogEntries() }
                return .write(state.pending)
            }
            if !state.flushes.isEmpty {
                defer { state.flushes = [] }
                return .finish(state.flushes)
            }
            state.isThreadWaiting = true
            return .wait
        }
    }

    private func takeDropped(_ state: inout State) -> String {
        defer { state.dropped = 0 }
        return droppedEntry(state.dropped)
    }
}
