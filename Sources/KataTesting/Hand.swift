import Synchronization

/// A call of a handler or a source that is under way, or another piece of code that a pipeline waits for.
final class Hand: Sendable {
    /// The one whose code the task runs; `nil` outside of one.
    @TaskLocal static var current: Hand?

    private struct State {
        var sleeps = 0
        var hasStrangeClock = false
    }

    private let state = Mutex(State())
    private let time: PipelineTime
    private let arrivals: Arrivals

    init(_ time: PipelineTime, _ arrivals: Arrivals) {
        self.time = time
        self.arrivals = arrivals
    }

    /// Whether it waits for a test's clock. Of what it does meanwhile nothing is known.
    var isAsleep: Bool { state.withLock { $0.sleeps > 0 } }

    /// Whether one of the clocks that it sleeps on is not the pipeline's.
    var hasStrangeClock: Bool { state.withLock { $0.sleeps > 0 && $0.hasStrangeClock } }

    /// Takes in that it sleeps.
    ///
    /// - Parameter clock: of which time.
    func fallAsleep(on clock: AnyObject) {
        state.withLock { state in
            state.sleeps += 1
            if !time.includes(clock) { state.hasStrangeClock = true }
        }
        // From another thread than that of the pipeline, perhaps, which waits for it.
        arrivals.tell()
    }

    /// Takes in that a sleep is over. To be called before it goes on.
    func wake() {
        state.withLock { $0.sleeps -= 1 }
    }
}
