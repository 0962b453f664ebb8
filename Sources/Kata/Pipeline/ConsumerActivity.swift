import Synchronization

/// What one consumer is doing, and the way to cut it off.
final class ConsumerActivity: Sendable {
    /// Why a job is cut off in the handler.
    enum Cut: Hashable, Sendable {
        /// Somebody cancelled the job.
        case cancelled
        /// It took longer than this.
        case timedOut(Duration)
    }

    private struct State {
        var job: Job?
        var startedAt: PreciseClock.Instant?
        var isMarked = false
        var cut: Cut?
        /// The task that the handler runs in.
        var shift: Task<Consumer.ShiftEnd, any Error>?
        var consumed = 0
        /// Whether the consumer waits for a job, and for nothing else.
        var isWaiting = false
        /// Whether the consumer is to leave after the job in hand.
        var isRetired = false
        /// Whether it has seen that.
        var hasLeft = false
    }

    let id: String
    let kept = JobContext.Kept()
    private let state = Mutex(State())

    init(id: String) {
        self.id = id
    }

    /// Tells it the task, which may have begun before this is called.
    func beginShift(_ shift: Task<Consumer.ShiftEnd, any Error>) {
        let isCut = state.withLock { state in
            state.shift = shift
            return state.job == nil ? state.isRetired && state.isWaiting : state.cut != nil
        }
        if isCut { shift.cancel() }
    }

    func begin(_ job: Job, isMarked: Bool) {
        state.withLock { state in
            state.job = job
            state.startedAt = PreciseClock().now
            state.isMarked = isMarked
            state.cut = nil
        }
    }

    /// - Parameter isFinished: whether there is an outcome.
    /// - Returns: why the job was cut off, if it was.
    func end(isFinished: Bool) -> Cut? {
        state.withLock { state in
            state.job = nil
            if isFinished && state.cut != .cancelled { state.consumed += 1 }
            return state.cut
        }
    }

    /// Why the job in hand is or was cut off, if it is.
    var cut: Cut? { state.withLock { $0.cut } }

    /// Cuts off a job if this consumer has it in hand.
    func cut(_ job: Job.ID, attempt: Int, _ cut: Cut) {
        let shift: Task<Consumer.ShiftEnd, any Error>? = state.withLock { state in
            guard let current = state.job, current.id == job, current.attempt == attempt, state.cut == nil else {
                return nil
            }
            // The consumer sees it when the handler returns, and takes no other job in a task that is cancelled.
            state.cut = cut
            return state.shift
        }
        shift?.cancel()
    }

    /// The key of the job in hand.
    var key: String? { state.withLock { $0.job?.key } }

    var isRetired: Bool { state.withLock { $0.isRetired } }

    /// Lets the consumer leave: at once if it has nothing in hand.
    func retire() {
        let shift: Task<Consumer.ShiftEnd, any Error>? = state.withLock { state in
            state.isRetired = true
            return state.isWaiting ? state.shift : nil
        }
        shift?.cancel()
    }

    /// The consumer is about to wait for a job.
    ///
    /// - Returns: `false` if it is to leave instead.
    func beginWaiting() -> Bool {
        state.withLock { state in
            state.isWaiting = !state.isRetired
            return state.isWaiting
        }
    }

    func endWaiting() {
        state.withLock { $0.isWaiting = false }
    }

    /// Takes back that the consumer is to leave.
    ///
    /// - Returns: `false` if it has left.
    func stay() -> Bool {
        state.withLock { state in
            if state.hasLeft { return false }
            state.isRetired = false
            return true
        }
    }

    /// Asked by the consumer between two jobs.
    ///
    /// - Returns: whether it leaves now.
    func leaves() -> Bool {
        state.withLock { state in
            state.hasLeft = state.isRetired
            return state.hasLeft
        }
    }

    /// The job in hand if it has been for so long and was not asked for before.
    func takeUnmarked(olderThan age: Duration) -> Job.ID? {
        state.withLock { state in
            guard let job = state.job, let start = state.startedAt, !state.isMarked,
                start.duration(to: PreciseClock().now) >= age
            else { return nil }
            state.isMarked = true
            return job.id
        }
    }

    var status: PipelineStatus.Consumer {
        state.withLock { state in
            .init(
                id: id, item: state.job?.item, jobID: state.job?.id, consumed: state.consumed,
                progress: state.job == nil ? nil : kept.progress)
        }
    }
}
