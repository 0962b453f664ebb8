import Dispatch
import Glibc
import Kata
import Synchronization

/// Writes lines to a descriptor on a thread of its own, so that whoever logs never waits for whoever reads.
///
/// What nobody reads in time is bounded: as long as there is no room, lines are dropped and counted, and the count stands
/// where they would have stood.
final class LogWriter: Sendable {
    private struct State {
        /// What is not being written yet.
        var pending: [UInt8] = []
        /// How many lines were dropped since the last one that was not.
        var dropped = 0
        /// Whether the thread waits, or is about to. Whoever takes that back wakes it.
        var isThreadWaiting = false
        /// Signalled once everything is written.
        var flushes: [DispatchSemaphore] = []

        /// - Returns: whether the thread has to be woken.
        mutating func wakesThread() -> Bool {
            defer { isThreadWaiting = false }
            return isThreadWaiting
        }
    }

    /// How many bytes may wait to be written.
    static let limit = 1 << 20
    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let descriptor: Int32
    /// The line that says how many were dropped.
    private let droppedLine: @Sendable (_ count: Int) -> String

    /// Starts the thread, which ends with the process.
    ///
    /// - Parameter droppedLine: says how many lines were dropped.
    /// - Throws: ``SystemShortage`` if there is no room for the thread.
    init(
        to descriptor: Int32, droppedLine: @escaping @Sendable (_ count: Int) -> String
    ) throws(SystemShortage) {
        self.descriptor = descriptor
        self.droppedLine = droppedLine
        try startThread(named: "kata-log") { [self] in work() }
    }

    /// Has a line written, in the order of the calls, unless too much waits to be written. Never waits.
    func write(_ line: String) {
        var line = line
        let wakes = line.withUTF8 { line in
            state.withLock { state in
                guard state.pending.count + line.count <= Self.limit else {
                    state.dropped += 1
                    return false
                }
                if state.dropped > 0 { state.pending += Array(takeDropped(&state).utf8) }
                state.pending += line
                return state.wakesThread()
            }
        }
        if wakes { wakeUp.signal() }
    }

    /// Waits until everything is written that was given before, or until that time is over: nobody may read it at all.
    func flush(within limit: Duration) {
        let flushed = DispatchSemaphore(value: 0)
        let wakes = state.withLock { state in
            state.flushes.append(flushed)
            return state.wakesThread()
        }
        if wakes { wakeUp.signal() }
        _ = flushed.wait(timeout: .now() + limit.seconds)
    }

    private func work() -> Never {
        while true {
            let bytes: [UInt8]? = state.withLock { state in
                if state.pending.isEmpty && state.dropped > 0 { state.pending += Array(takeDropped(&state).utf8) }
                if !state.pending.isEmpty {
                    defer { state.pending = [] }
                    return state.pending
                }
                for flush in state.flushes { flush.signal() }
                state.flushes = []
                state.isThreadWaiting = true
                return nil
            }
            if let bytes { writeAll(bytes) } else { wakeUp.wait() }
        }
    }

    private func takeDropped(_ state: inout State) -> String {
        defer { state.dropped = 0 }
        return droppedLine(state.dropped)
    }

    private func writeAll(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Whoever gave the descriptor has made it one that does not block.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                // There is nowhere to tell.
                return
            }
        }
    }
}
