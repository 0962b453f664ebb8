import CLinux
import Glibc
import HeapModule
import Synchronization

/// Wakes sleeping tasks at their deadlines.
///
/// Sleepers wait in a heap; the kernel timer is always armed for the earliest one. A cancelled sleeper is resumed at once
/// and its heap entry stays until it comes up or until such entries outnumber the live ones.
final class TimerThread: Sendable {
    static let shared = TimerThread()

    private struct Entry: Comparable {
        let deadline: PreciseClock.Instant
        let ticket: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            (left.deadline, left.ticket) < (right.deadline, right.ticket)
        }
    }

    private struct State {
        var entries = Heap<Entry>()
        var sleepers: [UInt64: UnsafeContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let lastTicket = Atomic<UInt64>(0)
    private let timer: Int32

    private init() {
        timer = clinux_timer_create()
        precondition(timer >= 0, "creating a timerfd failed: \(String(cString: strerror(errno)))")
        startThread(named: "kata-timer") { [self] in run() }
    }

    func sleep(until deadline: PreciseClock.Instant) async throws {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (sleeper: UnsafeContinuation<Void, any Error>) in
                // As in QueueStorage: under the lock, a cancellation is either seen here or finds the sleeper.
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    let isEarliest = state.entries.min.map { deadline < $0.deadline } ?? true
                    state.sleepers[ticket] = sleeper
                    state.entries.insert(Entry(deadline: deadline, ticket: ticket))
                    if isEarliest { arm(deadline) }
                    return false
                }
                if isCancelled { sleeper.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: ticket)
                if state.entries.count > 2 * state.sleepers.count + 64 {
                    state.entries = Heap(state.entries.unordered.filter { state.sleepers[$0.ticket] != nil })
                }
                return sleeper
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }

    private func run() -> Never {
        while true {
            var expirations: UInt64 = 0
            let count = read(timer, &expirations, MemoryLayout<UInt64>.size)
            precondition(count > 0 || errno == EINTR, "reading a timerfd failed: \(String(cString: strerror(errno)))")
            wakeDueSleepers()
        }
    }

    private func wakeDueSleepers() {
        let due = state.withLock { state in
            var due: [UnsafeContinuation<Void, any Error>] = []
            let now = PreciseClock().now
            while let first = state.entries.min, first.deadline <= now {
                state.entries.removeMin()
                if let sleeper = state.sleepers.removeValue(forKey: first.ticket) { due.append(sleeper) }
            }
            if let next = state.entries.min { arm(next.deadline) }
            return due
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Sets the kernel timer. Called under the lock, so that the last call is for the earliest deadline.
    private func arm(_ deadline: PreciseClock.Instant) {
        // A time of zero would disarm the timer.
        let result = clinux_timer_set(timer, max(deadline.nanoseconds, 1))
        precondition(result == 0, "setting a timerfd failed: \(String(cString: strerror(errno)))")
    }
}
