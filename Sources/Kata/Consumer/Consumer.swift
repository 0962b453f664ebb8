import Synchronization

/// One consumer of a session: the job that it has in hand, and the way to cut that job off. What it does with a job is
/// ``ConsumerWork``, which all consumers share.
///
/// What the asynchronous functions of ``ConsumerWork`` call here is not inlined, so that its temporaries are no part of
/// what those functions hold.
final class Consumer: Sendable {
    /// Why a job is cut off in the handler.
    enum Cut: Hashable, Sendable {
        /// Somebody cancelled the job.
        case cancelled
        /// The attempt took longer than this.
        case timedOut(Duration)
    }

    private struct State {
        var hand = Hand.empty
        /// The job that was in hand last, until the consumer looks for the next one: its outcome may not be with the recorder
        /// yet.
        var lastJob: Job.ID?
        /// Whether the store knows, or is being told, that the job was begun.
        var isMarked = false
        /// What the handler reports of the job that was begun last.
        var report = JobContext.Report()
        /// Who is told of checkpoints.
        var onCheckpoint: (@Sendable (Job, String) -> Void)?
        /// Why the job was cut off that was begun last.
        var cut: Cut?
        /// What the consumer works in.
        var task: Task<Void, Never>?
        var consumed = 0
        /// Whether the consumer is to leave after the job in hand.
        var isRetired = false
        /// Whether the consumer has seen that, with no job in hand, and has left.
        var hasLeft = false
    }

    let id: String
    private let state = Mutex(State())

    init(id: String) {
        self.id = id
    }

    /// Has the consumer work in another task. The task is made under the lock, so that it is known before it looks at
    /// this consumer.
    func beginTask(_ make: () -> Task<Void, Never>) {
        state.withLock { $0.task = make() }
    }

    /// Has the checkpoints of its jobs told to somebody, from its next job on.
    func tellCheckpoints(to body: @escaping @Sendable (Job, String) -> Void) {
        state.withLock { state in
            if state.onCheckpoint != nil { return }
            state.onCheckpoint = body
            state.report = JobContext.Report(onCheckpoint: body)
        }
    }

    /// Cancels the task, whatever the consumer does.
    func cancelTask() {
        state.withLock { $0.task }?.cancel()
    }

    /// Says that the consumer is about to wait for a job.
    ///
    /// - Returns: `false` if it is to leave instead.
    @inline(never)
    func beginWaiting() -> Bool {
        state.withLock { state in
            state.lastJob = nil
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

    /// Puts back the job in hand.
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
    func begin(isMarked: Bool, at now: MonotonicInstant) -> Job {
        state.withLock { state in
            guard let job = state.hand.job else { preconditionFailure("there is no job in hand") }
            state.hand = .handling(job, since: now)
            state.isMarked = isMarked
            state.cut = nil
            // A task that the handler of an earlier job has left behind may still write to that job's report. This job
            // is then given another one.
            if isKnownUniquelyReferenced(&state.report) {
                state.report.begin()
            } else {
                state.report = JobContext.Report(onCheckpoint: state.onCheckpoint)
            }
            return job
        }
    }

    /// Takes back that the job in hand was begun, which no handler has seen yet.
    @inline(never)
    func holdBack() {
        state.withLock { state in
            guard let job = state.hand.job else { preconditionFailure("there is no job in hand") }
            state.hand = .holding(job)
        }
    }

    /// Takes the job in hand from the handler.
    ///
    /// - Parameter isFinished: whether the attempt has an outcome other than being interrupted.
    /// - Returns: why the job was cut off, if it was.
    @inline(never)
    func end(isFinished: Bool) -> Cut? {
        state.withLock { state in
            state.lastJob = state.hand.job?.id
            state.hand = .empty
            if isFinished && state.cut != .cancelled { state.consumed += 1 }
            return state.cut
        }
    }

    /// What the handler reports of the job that was begun last.
    var report: JobContext.Report {
        @inline(never) get { state.withLock { $0.report } }
    }

    /// Why the job that was begun last was cut off; `nil` if it was not.
    var cut: Cut? { state.withLock { $0.cut } }

    /// Cuts off a job if this consumer's handler has it.
    ///
    /// - Returns: whether it has, be it cut off before or not.
    @discardableResult
    func cut(_ job: Job.ID, attempt: Int, _ cut: Cut) -> Bool {
        let (isCut, task): (Bool, Task<Void, Never>?) = state.withLock { state in
            guard let current = state.hand.handled, current.id == job, current.attempt == attempt else {
                return (false, nil)
            }
            if state.cut != nil { return (true, nil) }
            // The consumer sees the reason when the handler returns, and takes no other job in a cancelled task.
            state.cut = cut
            return (true, state.task)
        }
        task?.cancel()
        return isCut
    }

    /// The job in hand, begun or not; `nil` if there is none.
    var jobInHand: Job.ID? { state.withLock { $0.hand.job?.id } }

    /// Whether the consumer has begun a job, and its outcome may not be with the recorder yet.
    func hasBegun(_ job: Job.ID) -> Bool {
        state.withLock { $0.hand.handled?.id == job || $0.lastJob == job }
    }

    /// The key of the job that the handler has; `nil` if it has none, or one without a key.
    var key: String? { state.withLock { $0.hand.handled?.key } }

    var isRetired: Bool { state.withLock { $0.isRetired } }

    /// Lets the consumer leave: at once if it has nothing in hand.
    func retire() {
        let task: Task<Void, Never>? = state.withLock { state in
            state.isRetired = true
            return switch state.hand {
            case .waiting: state.task
            case .empty, .holding, .handling: nil
            }
        }
        task?.cancel()
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

    /// Asked between two tasks of the consumer.
    ///
    /// - Returns: whether it leaves now.
    func leaves() -> Bool {
        state.withLock { state in
            state.hasLeft = state.isRetired && state.hand.job == nil
            return state.hasLeft
        }
    }

    /// The job that the handler has had for so long or longer, unless it is marked. It counts as marked from here on.
    func takeUnmarked(olderThan age: Duration, at now: MonotonicInstant) -> Job.ID? {
        state.withLock { state in
            guard case .handling(let job, let start) = state.hand, !state.isMarked,
                start.duration(to: now) >= age
            else { return nil }
            state.isMarked = true
            return job.id
        }
    }

    /// How many consumers there are of those with and those without a job in hand.
    struct Hands {
        /// They wait for a job, and for nothing else.
        var waiting = 0
        /// They have a job that is not begun.
        var holding = 0
        /// Their handlers have a job.
        var handling = 0

        init(of consumers: [Consumer]) {
            for consumer in consumers {
                switch consumer.state.withLock({ $0.hand }) {
                case .empty: break
                case .waiting: waiting += 1
                case .holding: holding += 1
                case .handling: handling += 1
                }
            }
        }
    }

    func status(at now: MonotonicInstant) -> ConsumerStatus {
        state.withLock { state in
            let job = state.hand.handled
            return ConsumerStatus(
                id: id, item: job?.item, jobID: job?.id, consumed: state.consumed,
                progress: job == nil ? nil : state.report.progress,
                busyTime: state.hand.begunAt?.duration(to: now))
        }
    }
}
