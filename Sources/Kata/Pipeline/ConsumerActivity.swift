import Synchronization

/// What one consumer is doing, and the way to cut it off.
///
/// What the consumer's asynchronous functions call is not inlined, so that its temporaries are no part of what they hold.
final class ConsumerActivity: Sendable {
    /// Why a job is cut off in the handler.
    enum Cut: Hashable, Sendable {
        /// Somebody cancelled the job.
        case cancelled
        /// It took longer than this.
        case timedOut(Duration)
    }

    private enum Hand {
        case empty
        /// Empty, and the consumer waits for a job, and for nothing else.
        case waiting
        /// With a job that is not begun.
        case holding(Job)
        /// With a job that the handler has.
        case handling(Job, since: PreciseClock.Instant)

        /// The job, begun or not.
        var job: Job? {
            switch self {
            case .empty, .waiting: nil
            case .holding(let job), .handling(let job, _): job
            }
        }

        /// The job that was begun.
        var handled: Job? {
            switch self {
            case .empty, .waiting, .holding: nil
            case .handling(let job, _): job
            }
        }
    }

    private struct State {
        var hand = Hand.empty
        /// Whether the store knows that the job was begun.
        var isMarked = false
        /// What the handler of the job keeps that was begun last.
        var kept = JobContext.Kept()
        /// Why the job was cut off that was begun last.
        var cut: Cut?
        /// The task that the consumer works in.
        var shift: Task<Void, Never>?
        var consumed = 0
        /// Whether the consumer is to leave after the job in hand.
        var isRetired = false
        /// Whether it has seen that.
        var hasLeft = false
    }

    let id: String
    private let state = Mutex(State())

    init(id: String) {
        self.id = id
    }

    /// Has the consumer work in another task, which is made while nobody else looks: what the task does first is to look.
    func beginShift(_ make: () -> Task<Void, Never>) {
        state.withLock { $0.shift = make() }
    }

    /// Cancels the task, whatever the consumer does.
    func cutShift() {
        state.withLock { $0.shift }?.cancel()
    }

    /// The consumer is about to wait for a job.
    ///
    /// - Returns: `false` if it is to leave instead.
    @inline(never)
    func beginWaiting() -> Bool {
        state.withLock { state in
            if state.isRetired { return false }
            state.hand = .waiting
            return true
        }
    }

    /// Takes a job in hand.
    @inline(never)
    func take(_ job: Job) {
        state.withLock { $0.hand = .holding(job) }
    }

    /// Whether there is a job in hand.
    var hasJob: Bool {
        @inline(never) get {
            state.withLock { state in
                switch state.hand {
                case .empty, .waiting: false
                case .holding, .handling: true
                }
            }
        }
    }

    /// The job in hand.
    ///
    /// - Precondition: there is one, which only the consumer itself knows.
    var job: Job {
        @inline(never) get {
            guard let job = state.withLock({ $0.hand.job }) else { preconditionFailure("there is no job in hand") }
            return job
        }
    }

    /// Puts the job back that is in hand.
    ///
    /// - Returns: whether there was one.
    @inline(never) @discardableResult
    func putBack() -> Bool {
        state.withLock { state in
            defer { state.hand = .empty }
            return state.hand.job != nil
        }
    }

    /// Gives the job in hand to the handler.
    ///
    /// - Precondition: there is one, which only the consumer itself knows.
    @inline(never) @discardableResult
    func begin(isMarked: Bool) -> Job {
        state.withLock { state in
            guard let job = state.hand.job else { preconditionFailure("there is no job in hand") }
            state.hand = .handling(job, since: PreciseClock().now)
            state.isMarked = isMarked
            state.cut = nil
            // Whoever still has that of the job before, such as a task that it left behind, is to do nothing to this one.
            if isKnownUniquelyReferenced(&state.kept) { _ = state.kept.take() } else { state.kept = JobContext.Kept() }
            return job
        }
    }

    /// - Parameter isFinished: whether there is an outcome.
    /// - Returns: why the job was cut off, if it was.
    @inline(never)
    func end(isFinished: Bool) -> Cut? {
        state.withLock { state in
            state.hand = .empty
            if isFinished && state.cut != .cancelled { state.consumed += 1 }
            return state.cut
        }
    }

    /// What the handler of the job keeps that was begun last.
    var kept: JobContext.Kept {
        @inline(never) get { state.withLock { $0.kept } }
    }

    /// Why the job in hand is or was cut off, if it is.
    var cut: Cut? { state.withLock { $0.cut } }

    /// Cuts off a job if this consumer's handler has it.
    func cut(_ job: Job.ID, attempt: Int, _ cut: Cut) {
        let shift: Task<Void, Never>? = state.withLock { state in
            guard let current = state.hand.handled, current.id == job, current.attempt == attempt, state.cut == nil
            else { return nil }
            // The consumer sees it when the handler returns, and takes no other job in a task that is cancelled.
            state.cut = cut
            return state.shift
        }
        shift?.cancel()
    }

    /// The key of the job that the handler has.
    var key: String? { state.withLock { $0.hand.handled?.key } }

    var isRetired: Bool { state.withLock { $0.isRetired } }

    /// Lets the consumer leave: at once if it has nothing in hand.
    func retire() {
        let shift: Task<Void, Never>? = state.withLock { state in
            state.isRetired = true
            return switch state.hand {
            case .waiting: state.shift
            case .empty, .holding, .handling: nil
            }
        }
        shift?.cancel()
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

    /// Asked between two tasks.
    ///
    /// - Returns: whether it leaves now.
    func leaves() -> Bool {
        state.withLock { state in
            state.hasLeft = state.isRetired && state.hand.job == nil
            return state.hasLeft
        }
    }

    /// The job that the handler has had for so long, if it was not asked for before.
    func takeUnmarked(olderThan age: Duration) -> Job.ID? {
        state.withLock { state in
            guard case .handling(let job, let start) = state.hand, !state.isMarked,
                start.duration(to: PreciseClock().now) >= age
            else { return nil }
            state.isMarked = true
            return job.id
        }
    }

    var status: PipelineStatus.Consumer {
        state.withLock { state in
            let job = state.hand.handled
            return .init(
                id: id, item: job?.item, jobID: job?.id, consumed: state.consumed,
                progress: job == nil ? nil : state.kept.progress)
        }
    }
}
