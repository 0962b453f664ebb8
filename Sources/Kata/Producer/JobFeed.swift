/// Gives a producer the jobs of a run, the highest priority first and within a priority in order.
///
/// In a store that no other daemon uses, a claim is only the knowledge of which job comes next: on disk a claimed job stays pending
/// until it is finished, so that there is nothing to give back. Only a scheduled job has to be made pending first, when its time has
/// come. For a store that others use, too, see ``JobClaims``.
struct JobFeed {
    /// When the feed ends.
    enum End {
        /// Once no job can come any more: the source is exhausted and no job is left that could come back.
        case finished
        /// Once there is nothing to do now.
        case dry
    }

    let run: Run.ID
    private let end: End
    /// Whether a job that is given out may come back.
    private let jobsMayComeBack: Bool
    let store: any JobStore
    let recorder: Recorder
    let session: RunSession
    private let gate: PauseGate
    var claims: JobClaims
    let clock: any MonotonicClock
    private let wallClock: any WallClock
    var isSourceExhausted: Bool
    /// The highest priority first.
    var lanes: [PriorityLane] = []
    var nextDue: Timestamp?
    /// Jobs of which all copies may have been left.
    var possiblyLeft: Set<Job.ID> = []
    /// Whether jobs may be ready that no node has claimed.
    var mayHaveUnclaimed = false
    /// Keys of which another job may be claimed.
    var freedKeys: Set<String> = []
    var given = 0
    /// `nil` if there are no limits.
    var limiter: FeedLimiter?
    /// How many jobs are claimed at a time.
    static let batchSize = PriorityLane.readyLimit
    /// One in so many jobs is the oldest of all, whatever its priority, so that none waits for ever.
    static let ageingInterval = 10

    init(
        session: RunSession, end: End, jobsMayComeBack: Bool, store: any JobStore, recorder: Recorder, gate: PauseGate,
        runtime: Runtime, limits: WorkLimits, sharing: JobClaims.Sharing? = nil,
        bounds: KeyLimiter.Bounds = KeyLimiter.Bounds()
    ) {
        var limits = limits
        // Who has claimed a job with a key has its place.
        if sharing != nil { limits.concurrencyPerKey = nil }
        limiter = FeedLimiter(
            limits, schedules: session.rateLimiter?.schedules, bounds: bounds, isNeeded: sharing != nil)
        claims = JobClaims(
            run: session.run.id, store: store, recorder: recorder, clock: runtime.clock, sharing: sharing)
        run = session.run.id
        isSourceExhausted = session.run.progress == .exhausted
        self.end = end
        self.jobsMayComeBack = jobsMayComeBack
        self.store = store
        self.recorder = recorder
        self.session = session
        self.gate = gate
        clock = runtime.clock
        wallClock = runtime.wallClock
    }

    /// Reads which priorities there are and when the first job is due. To be called before ``next()``.
    mutating func open() async throws {
        for priority in try await store.pendingPriorities(run: run) { openLane(priority) }
        nextDue = try await store.nextDue(run: run)
    }

    /// The next job of the run; `nil` when there is none and none will come.
    mutating func next() async throws -> Job? {
        if let job = nextAtOnce() { return job }
        while try await gate.pass() {
            takeNews()
            if mayHaveUnclaimed { try await lookAnew() }
            if !freedKeys.isEmpty { try await takeFreed() }
            if !possiblyLeft.isEmpty { try await takeBackLeft() }
            if let due = nextDue, hasRoomForReturned, !isFull, due <= wallClock.now() { try await promote() }
            let now = clock.now
            if limiter?.mayGive(now: now) ?? true {
                if let job = try await takeNext(now: now) {
                    limiter?.give(job)
                    return job
                }
                // The source is read for what may begin, and not into the store without end.
                if !isSourceExhausted && !hasMoreToRead { session.sourceDemand.set() }
                if isAtEnd { return nil }
            } else if try await !hasJobs(now: now) {
                if !isSourceExhausted { session.sourceDemand.set() }
                if isAtEnd { return nil }
            }
            session.troubles.end(.pipeline)
            try await session.news.wait(until: wakeTime, clock: wallClock)
        }
        return nil
    }

    /// The next job, where there is nothing to decide and nothing to wait for, as mostly.
    private mutating func nextAtOnce() -> Job? {
        guard lanes.count == 1, limiter == nil, nextDue == nil, session.news.isEmpty, !gate.isShut else { return nil }
        return lanes[0].isEmpty ? nil : take(from: 0)
    }

    /// Whether jobs that are due may come back: however many come due at once, they do so a few at a time. Those with a
    /// key that has limits are no matter here: they are left in the store if there are many.
    private var hasRoomForReturned: Bool {
        lanes.reduce(0) { $0 + $1.returnedCount } < Self.batchSize
            && lanes.reduce(0) { $0 + $1.returnedSize } < PriorityLane.readySizeLimit
    }

    private var hasMoreToRead: Bool { lanes.contains { !$0.isDry } }

    /// Whether as many keys wait as may.
    var isFull: Bool { limiter?.keys?.isFull ?? false }

    /// Whether there is room for more jobs from the store.
    var wantsMore: Bool { !isFull && claims.wants(inFlight: inFlight) }

    /// How many jobs are given out and not over, or held to be given out.
    var inFlight: Int {
        session.progress.current.inFlight + lanes.reduce(limiter?.keys?.heldCount ?? 0) { $0 + $1.count }
    }

    /// When there may be something to do although no news comes; `nil` means never.
    private var wakeTime: Timestamp? {
        mutating get {
            let now = clock.now
            let turn = limiter?.nextTurn(now: now).map { wallClock.now().advanced(by: now.duration(to: $0)) }
            // Where there is no room for jobs that are due, their time says nothing: the end of another job makes room,
            // and is news.
            let restart =
                mayHaveUnclaimed ? claims.restartTime.map { wallClock.now().advanced(by: now.duration(to: $0)) } : nil
            return [hasRoomForReturned && !isFull ? nextDue : nil, turn, restart].compactMap { $0 }.min()
        }
    }

    private var isAtEnd: Bool {
        if session.isOver.isOpen { return true }
        guard limiter?.keys?.isEmpty ?? true else { return false }
        switch end {
        case .dry: return true
        case .finished:
            let counts = session.progress.counts
            return isSourceExhausted && (jobsMayComeBack ? counts.unfinished : counts.scheduled) == 0
        }
    }

    /// Makes sure that the store is asked for jobs of that priority.
    ///
    /// - Parameter id: of a job that may come before some that were read.
    mutating func openLane(_ priority: Int, from id: Job.ID = .max) {
        lanes[lane(of: priority)].open(from: id)
    }

    /// Looks at all jobs that are ready anew: others have made some of them so, or have given them up.
    private mutating func lookAnew() async throws {
        if claims.restartTime != nil { return }
        mayHaveUnclaimed = false
        for priority in try await store.pendingPriorities(run: run) { openLane(priority, from: 0) }
    }

    /// Takes jobs with keys of which others were done.
    private mutating func takeFreed() async throws {
        let keys = freedKeys
        freedKeys = []
        for key in keys {
            for lane in lanes {
                let jobs = try await claims.next(priority: lane.priority, key: key)
                for job in jobs { takeBack(job) }
                if !jobs.isEmpty { break }
            }
        }
    }

    /// Gives up what was claimed and not given out.
    mutating func close() {
        for index in lanes.indices { session.giveUp(lanes[index].remove { _ in true }.map(\.id)) }
    }

    /// The index of the lane of that priority, which is added if need be. A lane that was added has nothing to read, as
    /// far as is known.
    mutating func lane(of priority: Int) -> Int {
        let index = lanes.firstIndex { $0.priority <= priority } ?? lanes.count
        if index == lanes.count || lanes[index].priority != priority {
            lanes.insert(PriorityLane(priority: priority, isDry: true), at: index)
        }
        return index
    }

    /// Whether the job is held by the limiter and not in its lane.
    func isHeldByKey(_ job: Job) -> Bool {
        limiter?.keys != nil && job.key != nil
    }

    /// Makes jobs pending whose time has come.
    private mutating func promote() async throws {
        let time = wallClock.now()
        nextDue = nil
        let jobs = try await recorder.perform { [run] transaction in
            try transaction.promote(run: run, dueBy: time, limit: Self.batchSize)
        }
        session.progress.promoted(jobs.count)
        if claims.areShared {
            for job in jobs { openLane(job.priority, from: job.id) }
        } else {
            takeNews(promoted: jobs)
        }
        // News may be of a time that is not committed yet.
        if let stored = try await store.nextDue(run: run) { nextDue = min(nextDue ?? stored, stored) }
    }
}
