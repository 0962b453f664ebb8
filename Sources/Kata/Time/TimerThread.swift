import CLinux
import Glibc
import HeapModule
import Synchronization

/// Wakes sleeping tasks at their deadlines.
///
/// Deadlines lie in a heap; the kernel timer is always armed for the earliest one. A cancelled sleeper is resumed at
/// once, and its deadline stays in the heap until it comes up, or until there are many more deadlines than sleepers.
final class TimerThread: Sendable {
    /// A process that has no room for it has none as long as it lives, and sleeps by ``PreciseClock`` fail in it.
    static let shared = Result<TimerThread, SystemShortage> { () throws(SystemShortage) -> TimerThread in
        try TimerThread()
    }

    private struct Deadline: Comparable {
        let time: MonotonicInstant
        let ticket: UInt64

        static func < (left: Deadline, right: Deadline) -> Bool {
            (left.time, left.ticket) < (right.time, right.ticket)
        }
    }

    private struct State: WaitingState {
        var deadlines = Heap<Deadline>()
        var waiters = Waiters<Void>()

        mutating func add(_ deadline: Deadline) {
            if deadlines.count > 2 * waiters.count + 64 {
                deadlines = Heap(deadlines.unordered.filter { waiters.contains($0.ticket) })
            }
            deadlines.insert(deadline)
        }

        /// Takes out the sleepers whose deadlines have come.
        mutating func due(at now: MonotonicInstant) -> [Waiters<Void>.Waiter] {
            var due: [Waiters<Void>.Waiter] = []
            while let first = deadlines.min, first.time <= now {
                deadlines.removeMin()
                if let waiter = waiters.remove(first.ticket) { due.append(waiter) }
            }
            return due
        }
    }

    private let state = Mutex(State())
    private let timer: Int32

    private init() throws(SystemShortage) {
        timer = clinux_timer_create()
        if timer < 0 { throw SystemShortage("open a timer", code: errno) }
        try startThread(named: "kata-timer") { [self] in run() }
    }

    /// A sleeper that is to wake, by the ticket of its deadline; `nil` if there is none. Asks nothing of the thread, which would
    /// have to wake for that.
    func overdue(at now: MonotonicInstant) -> UInt64? {
        state.withLock { $0.deadlines.min }.flatMap { $0.time <= now ? $0.ticket : nil }
    }

    /// Sleeps until the deadline, or a little longer.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: MonotonicInstant) async throws {
        try await state.wait { _ in
            nil
        } joined: { state, ticket in
            let isEarliest = state.deadlines.min.map { deadline < $0.time } ?? true
            state.add(Deadline(time: deadline, ticket: ticket))
            if isEarliest { arm(deadline) }
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
            let due = state.due(at: MonotonicInstant(nanoseconds: clinux_clock_nanoseconds(CLOCK_MONOTONIC)))
            if let next = state.deadlines.min { arm(next.time) }
            return due
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Sets the kernel timer. Called under the lock, so that the last call is for the earliest deadline.
    private func arm(_ deadline: MonotonicInstant) {
        // A time of zero would disarm the timer.
        let result = clinux_timer_set(timer, max(deadline.nanoseconds, 1))
        precondition(result == 0, "setting a timerfd failed: \(String(cString: strerror(errno)))")
    }
}
