/// Where a feed gets its jobs. A store that the daemon has for itself is only read; from one that others use, too, jobs are claimed, and
/// no more than this node is about to begin: what it has, the others can't do.
struct JobClaims {
    /// What the claims of a node go by.
    struct Sharing {
        let store: any SharedJobStore
        /// How many jobs with the same key all nodes together may have; `nil` means any number.
        let concurrencyPerKey: Int?
        /// Whether the jobs are of use on one machine only.
        let isLocal: Bool
        /// How many jobs may be in hand now.
        let workers: @Sendable () -> Int
    }

    private let run: Run.ID
    private let store: any JobStore
    private let recorder: Recorder
    private let clock: any MonotonicClock
    private let sharing: Sharing?
    /// When it may be looked from the start again.
    private var nextRestart: MonotonicInstant?
    /// How many jobs were begun in a second, of late.
    private var rate = 0.0
    private var last: (time: MonotonicInstant, given: Int)?
    /// How many jobs were asked for last.
    private(set) var lastLimit = limit
    /// A look that takes no longer costs nobody anything.
    private static let quickLook = Duration.milliseconds(10)
    /// So much work is claimed before it can be begun.
    private static let lead = Duration.milliseconds(100)
    /// How many jobs are claimed at a time at the most.
    private static let limit = 1_000

    init(
        run: Run.ID, store: any JobStore, recorder: Recorder, clock: any MonotonicClock, sharing: Sharing?
    ) {
        self.run = run
        self.store = store
        self.recorder = recorder
        self.clock = clock
        self.sharing = sharing
    }

    var areShared: Bool { sharing != nil }

    /// Whether more is to be claimed, with so many jobs given out and not over.
    func wants(inFlight: Int) -> Bool {
        guard let sharing else { return true }
        return 2 * room(sharing, inFlight) > ahead
    }

    /// When it may be looked from the start again; `nil` if now.
    var restartTime: MonotonicInstant? { nextRestart.flatMap { $0 > clock.now ? $0 : nil } }

    /// The next jobs, which are this node's from here on.
    ///
    /// - Parameters:
    ///   - inFlight: how many jobs are given out and not over.
    ///   - given: how many were given out so far.
    /// - Returns: as ``JobStoreReader/pendingJobs(run:priority:keys:after:through:limit:)`` does.
    mutating func next(
        priority: Int, keys: JobKeys, after id: Job.ID, inFlight: Int, given: Int
    ) async throws -> [Job] {
        guard let sharing else {
            return try await store.pendingJobs(
                run: run, priority: priority, keys: keys, after: id, through: .max, limit: Self.limit)
        }
        measure(given)
        let begin = clock.now
        // Whoever looks from the start goes past what is done and still there, which may be much; so it is done the more rarely the longer
        // it takes.
        defer {
            if id == 0 {
                let time = begin.duration(to: clock.now)
                // Mostly it is the disk that took the time.
                nextRestart = clock.now.advanced(by: time < Self.quickLook ? time : min(.seconds(1), time * 20))
            }
        }
        lastLimit = max(1, min(Self.limit, room(sharing, inFlight)))
        var claim = JobClaim(run: run, priority: priority, limit: lastLimit)
        claim.keys = keys
        claim.after = id
        return try await make(claim, sharing)
    }

    /// Jobs of one key that were left before.
    func rest(priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int) async throws -> [Job] {
        guard let sharing else {
            return try await store.pendingJobs(
                run: run, priority: priority, keys: keys, after: id, through: last, limit: limit)
        }
        var claim = JobClaim(run: run, priority: priority, limit: limit)
        claim.keys = keys
        claim.after = id
        // Some of them may be this node's already, and where others were read to says nothing: it goes back now and then.
        claim.takesOwn = true
        return try await make(claim, sharing)
    }

    /// A job that was left by all who had it in hand, as it is now; `nil` if it is not to be done, or others have it.
    func again(_ id: Job.ID) async throws -> Job? {
        guard let record = try await store.job(id), record.state == .pending else { return nil }
        return sharing == nil ? record.job : try await renew(record.job)
    }

    /// Claims a job, unless this node has it: the job as it is now; `nil` if it is not to be done, or others have it.
    func renew(_ job: Job) async throws -> Job? {
        guard let sharing else { return job }
        var claim = JobClaim(run: run, priority: job.priority, limit: 1)
        claim.after = job.id - 1
        claim.through = job.id
        claim.takesOwn = true
        return try await make(claim, sharing).first
    }

    /// Jobs with a key of which another one was done.
    func next(priority: Int, key: String) async throws -> [Job] {
        guard let sharing else { return [] }
        var claim = JobClaim(run: run, priority: priority, limit: sharing.concurrencyPerKey ?? 1)
        claim.keys = .only(key)
        return try await make(claim, sharing)
    }

    private func make(_ claim: JobClaim, _ sharing: Sharing) async throws -> [Job] {
        var claim = claim
        claim.concurrencyPerKey = sharing.concurrencyPerKey
        claim.isLocal = sharing.isLocal
        return try await recorder.perform { [claim] in try sharing.store.claim(claim, in: $0) }
    }

    /// How many jobs are claimed although all workers are busy.
    private var ahead: Int { min(Self.limit, Int(rate * (Self.lead / .seconds(1)))) }

    private func room(_ sharing: Sharing, _ inFlight: Int) -> Int { sharing.workers() + ahead - inFlight }

    private mutating func measure(_ given: Int) {
        let now = clock.now
        guard let last else {
            self.last = (now, given)
            return
        }
        let time = last.time.duration(to: now)
        // A few that were begun at once say nothing.
        if time < Self.lead / 4 { return }
        rate = (rate + Double(given - last.given) / (time / .seconds(1))) / 2
        self.last = (now, given)
    }
}
