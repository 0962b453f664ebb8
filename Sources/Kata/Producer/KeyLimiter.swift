import HeapModule

/// Keeps the limits of jobs with the same key: holds those that wait, and says which of those that may begin is next.
///
/// Of each key only the first few jobs are held, and the others are left in the store until these have been given out.
/// So however many jobs of a key wait, others are read past them.
struct KeyLimiter {
    /// How much is held, give or take the first job of each key that may begin.
    struct Bounds {
        /// How many jobs of a key.
        var jobsPerKey = 64
        /// The bytes of the items of a key's jobs.
        var sizePerKey = 64 << 10
        /// How many jobs in all.
        var jobs = 10_000
        /// The bytes of the items in all.
        var size = 16 << 20
        /// How many keys may wait before nothing more is read.
        var keys = 10_000
    }

    let bounds: Bounds
    private let concurrency: Int
    private var gate: RateGate?
    private var keys: [ExactString: WaitingKey] = [:]
    /// The keys with jobs that wait.
    private(set) var waitingCount = 0
    /// How many jobs are held.
    private(set) var heldCount = 0
    /// The bytes of the items of the held jobs.
    private(set) var heldSize = 0
    /// The keys that may begin, by their first job, by their oldest one; those that wait for their turn, by its time. An
    /// entry that does not hold any more is passed over: whatever changes of a key, there is a new entry for it.
    private var firsts = Heap<FirstJob>()
    private var oldest = Heap<OldestJob>()
    private var turns = Heap<Turn>()

    /// - Returns: `nil` if the limits have none for keys.
    init?(_ limits: WorkLimits, schedule: RateSchedule?, bounds: Bounds = Bounds()) {
        if limits.concurrencyPerKey == nil && schedule == nil { return nil }
        concurrency = limits.concurrencyPerKey.map { max(1, $0) } ?? .max
        gate = schedule.map(RateGate.init)
        self.bounds = bounds
    }

    /// Whether no more is to be read.
    var isFull: Bool { waitingCount >= bounds.keys }

    /// Whether no job waits, here or left in the store.
    var isEmpty: Bool { waitingCount == 0 }

    /// The keys of which jobs of that priority were left in the store. These are not to be read with the others.
    func keysWithRest(priority: Int) -> [String] {
        keys.filter { $0.value.lane(of: priority)?.rest != nil }.map(\.key.text)
    }

    /// The first job of those that may begin: that of the highest priority, and of these the first.
    mutating func first(now: MonotonicInstant) -> NextJob? {
        forgetEntries(now: now)
        takeTurns(now: now)
        while let next = firsts.min?.next {
            if let key = keys[next.key], key.first == next, mayBegin(key, now: now) { return next }
            firsts.removeMin()
        }
        return nil
    }

    /// The oldest job of those that may begin, whatever its priority.
    mutating func oldest(now: MonotonicInstant) -> NextJob? {
        takeTurns(now: now)
        while let next = oldest.min?.next {
            if let key = keys[next.key], key.oldest == next, mayBegin(key, now: now) { return next }
            oldest.removeMin()
        }
        return nil
    }

    /// When the next job may begin because of its rate; `nil` if none waits only for that.
    mutating func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        while let turn = turns.min {
            // It has come meanwhile, and is to be taken.
            if turn.time <= now { return now }
            if let key = keys[turn.key], key.isWaiting, hasRoom(key), gate?.time(for: turn.key, now: now) == turn.time {
                return turn.time
            }
            turns.removeMin()
        }
        return nil
    }

    /// Takes in a job that waits.
    ///
    /// - Parameter isNew: whether it comes after all others of its key and priority that were there before. A job that
    ///   comes back does not.
    mutating func take(_ job: Job, isNew: Bool, now: MonotonicInstant) {
        guard let name = job.key.map(ExactString.init) else { return }
        var (key, before) = takeOut(name)
        key.insert(job)
        let count = mayBegin(key, now: now) ? 1 : 0
        trim(&key, before, keeping: count) { $0 == job.priority && isNew ? job.id : .max }
        putBack(key, before, now: now)
    }

    /// Gives out a job that may begin; `nil` if it has to be read first.
    mutating func give(_ next: NextJob, now: MonotonicInstant) -> Job? {
        if next.needsReading { return nil }
        var (key, before) = takeOut(next.key)
        let job = key.popFirst(priority: next.priority)
        key.inFlight += 1
        gate?.give(next.key)
        putBack(key, before, now: now)
        return job
    }

    /// What is left in the store of the jobs that this one stands for.
    func rest(of next: NextJob) -> KeyLane.Rest? {
        keys[next.key]?.lane(of: next.priority)?.rest
    }

    /// Takes in the first jobs of the rest.
    ///
    /// - Parameters:
    ///   - jobs: those that were not given out, in order.
    ///   - last: the last one that was read; `nil` if nothing is left.
    mutating func addRest(_ jobs: [Job], through last: Job.ID?, of next: NextJob, now: MonotonicInstant) {
        var (key, before) = takeOut(next.key)
        key.addRest(jobs, through: last, priority: next.priority)
        // What is held of that priority is what was read.
        trim(&key, before, keeping: 1, sparing: next.priority) { $0 == next.priority ? 0 : .max }
        putBack(key, before, now: now)
    }

    /// Takes in the turn of a job that was given out.
    ///
    /// - Parameter isFirst: whether it is the first turn that the job takes.
    mutating func begin(_ name: ExactString, at turn: MonotonicInstant, isFirst: Bool, now: MonotonicInstant) {
        gate?.begin(name, at: turn, isFirst: isFirst, now: now)
        publish(name, now: now)
    }

    /// Takes in that a job that was given out is over.
    ///
    /// - Parameter hasBegun: whether it has taken its turn.
    mutating func end(_ name: ExactString, hasBegun: Bool, now: MonotonicInstant) {
        if !hasBegun { gate?.withdraw(name) }
        var (key, before) = takeOut(name)
        key.inFlight -= 1
        putBack(key, before, now: now)
    }

    /// Takes out held jobs that are not to be given out.
    mutating func remove(where isGone: (Job) -> Bool, now: MonotonicInstant) {
        if heldCount == 0 { return }
        for name in keys.filter({ $0.value.tally.count > 0 }).map(\.key) {
            var (key, before) = takeOut(name)
            key.remove(where: isGone)
            putBack(key, before, now: now)
        }
    }

    private func mayBegin(_ key: WaitingKey, now: MonotonicInstant) -> Bool {
        hasRoom(key) && gate?.mayGive(key.name, now: now) ?? true
    }

    private func hasRoom(_ key: WaitingKey) -> Bool { key.inFlight < concurrency }

    /// Takes a key out to change it, so that it is not copied; with what is counted of it.
    private mutating func takeOut(_ name: ExactString) -> (WaitingKey, WaitingKey.Tally) {
        let key = keys.removeValue(forKey: name) ?? WaitingKey(name)
        return (key, key.tally)
    }

    /// Puts back a key, and sees to what follows from its change.
    private mutating func putBack(_ key: WaitingKey, _ before: WaitingKey.Tally, now: MonotonicInstant) {
        let after = key.tally
        heldCount += after.count - before.count
        heldSize += after.size - before.size
        waitingCount += (after.first == nil ? 0 : 1) - (before.first == nil ? 0 : 1)
        if key.isIdle { return }
        keys[key.name] = key
        if after.first != before.first || after.oldest != before.oldest || after.inFlight != before.inFlight {
            publish(key.name, now: now)
        }
    }

    /// Leaves jobs in the store as long as too many are held.
    ///
    /// - Parameters:
    ///   - priority: the first job of that priority stays held, because it was read to be given out.
    ///   - start: says from which id on no job of a priority was given out.
    private func trim(
        _ key: inout WaitingKey, _ before: WaitingKey.Tally, keeping count: Int, sparing priority: Int? = nil,
        ungivenFrom start: (Int) -> Job.ID
    ) {
        while key.heldCount > count,
            key.heldCount > bounds.jobsPerKey || key.heldSize > bounds.sizePerKey
                || heldCount + key.heldCount - before.count > bounds.jobs
                || heldSize + key.heldSize - before.size > bounds.size
        {
            key.leaveLast(sparing: priority, ungivenFrom: start)
        }
    }

    /// Makes new entries for a key.
    private mutating func publish(_ name: ExactString, now: MonotonicInstant) {
        guard let key = keys[name], let first = key.first, let oldest = key.oldest, hasRoom(key) else { return }
        if let gate {
            // The beginning of a job that was given out is news of the key.
            guard let time = gate.time(for: name, now: now) else { return }
            if time > now {
                turns.insert(Turn(time: time, key: name))
                return
            }
        }
        firsts.insert(FirstJob(next: first))
        self.oldest.insert(OldestJob(next: oldest))
    }

    /// Makes all entries anew when there are too many that do not hold any more.
    private mutating func forgetEntries(now: MonotonicInstant) {
        if firsts.count + oldest.count + turns.count <= 8 * keys.count + 1_024 { return }
        firsts = []
        oldest = []
        turns = []
        for name in keys.keys { publish(name, now: now) }
    }

    /// Makes entries for the keys whose turn has come.
    private mutating func takeTurns(now: MonotonicInstant) {
        while let turn = turns.min, turn.time <= now {
            turns.removeMin()
            publish(turn.key, now: now)
        }
    }
}
