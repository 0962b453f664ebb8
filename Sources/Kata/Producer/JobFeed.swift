/// Gives a producer the jobs of a run, the highest priority first and within a priority in order.
///
/// A claim is only the knowledge of which job comes next. On disk a claimed job stays pending until it is finished, so
/// that there is nothing to give back. Only a scheduled job has to be made pending first, when its time has come.
struct JobFeed {
    /// When the feed ends.
    enum End {
        /// Once no job can come any more: the source is exhausted and no job is left that could come back.
        case finished
        /// Once there is nothing to do now.
        case dry
    }

    private let run: Run.ID
    private let end: End
    /// Whether a job that is given out may come back.
    private let jobsMayComeBack: Bool
    private let store: any JobStore
    private let recorder: Recorder
    private let session: RunSession
    private let gate: PauseGate
    private let clock: any MonotonicClock
    private let wallClock: any WallClock
    private var isSourceExhausted: Bool
    /// The highest priority first.
    private var lanes: [PriorityLane] = []
    private var nextDue: Timestamp?
    private var given = 0
    /// `nil` if there are no limits per key.
    private var limiter: KeyLimiter?
    /// How many jobs are claimed at a time.
    private static let batchSize = PriorityLane.readyLimit
    /// One in so many jobs is the oldest of all, whatever its priority, so that none waits for ever.
    private static let ageingInterval = 10

    init(
        session: RunSession, end: End, jobsMayComeBack: Bool, store: any JobStore, recorder: Recorder, gate: PauseGate,
        runtime: Runtime, limits: WorkLimits
    ) {
        limiter = limits.hasKeyLimits ? KeyLimiter(limits) : nil
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
            if let due = nextDue, hasRoomForReturned, due <= wallClock.now() { try await promote() }
            let now = clock.now
            if let job = limiter?.release(now: now) { return job }
            if !(limiter?.isFull ?? false), let job = try await takeFromLanes() {
                guard limiter != nil else { return job }
                if let admitted = limiter?.admit(job, now: now) { return admitted }
                continue
            }
            if !isSourceExhausted { session.sourceDemand.set() }
            if isAtEnd { return nil }
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

    /// Whether jobs that are due may come back: however many come due at once, they do so a few at a time.
    private var hasRoomForReturned: Bool {
        lanes.reduce(0) { $0 + $1.returnedCount } < Self.batchSize
            && lanes.reduce(0) { $0 + $1.returnedSize } < PriorityLane.readySizeLimit
    }

    /// When there may be something to do although no news comes; `nil` means never.
    private var wakeTime: Timestamp? {
        let now = clock.now
        let turn = limiter?.nextTurn(now: now).map { wallClock.now().advanced(by: now.duration(to: $0)) }
        // Where there is no room for jobs that are due, their time says nothing: the end of another job makes room, and
        // is news.
        return [hasRoomForReturned ? nextDue : nil, turn].compactMap { $0 }.min()
    }

    private var isAtEnd: Bool {
        switch end {
        case .dry: return (limiter?.heldCount ?? 0) == 0
        case .finished:
            let counts = session.progress.counts
            return isSourceExhausted && (limiter?.heldCount ?? 0) == 0
                && (jobsMayComeBack ? counts.unfinished : counts.scheduled) == 0
        }
    }

    private mutating func takeNews() {
        guard let news = session.news.take() else { return }
        var hasRoom = false
        for job in news.arrivals {
            let index = lane(of: job.priority)
            lanes[index].arrived(job)
            if lanes[index].isDry { hasRoom = true }
        }
        // The source is read while these jobs are worked on, but not into the store without end.
        if hasRoom && !isSourceExhausted { session.sourceDemand.set() }
        for priority in news.priorities { openLane(priority) }
        if let due = news.due { nextDue = min(nextDue ?? due, due) }
        if news.isSourceExhausted { isSourceExhausted = true }
        for key in news.endedKeys { limiter?.end(key) }
        for (priority, jobs) in news.cancelled { drop(jobs, priority: priority) }
    }

    /// Makes sure that the store is asked for jobs of that priority.
    private mutating func openLane(_ priority: Int) {
        lanes[lane(of: priority)].isDry = false
    }

    /// The index of the lane of that priority, which is added if need be. A lane that was added has nothing to read, as
    /// far as is known.
    private mutating func lane(of priority: Int) -> Int {
        let index = lanes.firstIndex { $0.priority <= priority } ?? lanes.count
        if index == lanes.count || lanes[index].priority != priority {
            lanes.insert(PriorityLane(priority: priority, isDry: true), at: index)
        }
        return index
    }

    /// Forgets cancelled jobs. Jobs that were given out are left to the consumers.
    private mutating func drop(_ cancelled: Set<Job.ID>, priority: Int) {
        guard let index = lanes.firstIndex(where: { $0.priority == priority }) else { return }
        let held = limiter?.remove(cancelled) ?? []
        session.cancelledJobs.remove(lanes[index].remove(cancelled).union(held))
    }

    private mutating func takeFromLanes() async throws -> Job? {
        let takesOldest = given % Self.ageingInterval == Self.ageingInterval - 1 && lanes.count > 1
        var oldest: Int?
        for index in lanes.indices {
            if lanes[index].isEmpty && !lanes[index].isDry { try await refill(index) }
            guard let head = lanes[index].head else { continue }
            if !takesOldest { return take(from: index) }
            if oldest.flatMap({ lanes[$0].head }).map({ head < $0 }) ?? true { oldest = index }
        }
        return oldest.flatMap { take(from: $0) }
    }

    private mutating func take(from index: Int) -> Job? {
        given += 1
        return lanes[index].next()
    }

    private mutating func refill(_ index: Int) async throws {
        let lane = lanes[index]
        let jobs = try await store.pendingJobs(
            run: run, priority: lane.priority, after: lane.lastRead, limit: Self.batchSize)
        lanes[index].add(jobs)
        // The source is read while these jobs are worked on.
        if jobs.count < Self.batchSize && !isSourceExhausted { session.sourceDemand.set() }
    }

    /// Makes jobs pending whose time has come.
    private mutating func promote() async throws {
        let now = wallClock.now()
        nextDue = nil
        let jobs = try await recorder.perform { [run] transaction in
            try transaction.promote(run: run, dueBy: now, limit: Self.batchSize)
        }
        session.progress.promoted(jobs.count)
        // Cancellations from before are not about these jobs, which may be at a later attempt by now.
        takeNews()
        for job in jobs {
            lanes[lane(of: job.priority)].takeBack(job)
        }
        // News may be of a time that is not committed yet.
        if let stored = try await store.nextDue(run: run) { nextDue = min(nextDue ?? stored, stored) }
    }
}
