import DequeModule

/// Holds back jobs whose key is at its limit, and lets the others pass.
///
/// Jobs that are held back stay in memory, so their number and their bytes are bounded; a feed that has reached a bound
/// waits.
struct KeyLimiter {
    private struct Key {
        var inFlight = 0
        var held: Deque<Job> = []
    }

    private let concurrency: Int?
    private var pacer: Pacer?
    private var keys: [String: Key] = [:]
    /// Keys with held jobs that are not at their limit of concurrency: their jobs only wait for the rate, if at all.
    private var waiting: Set<String> = []
    private(set) var heldCount = 0
    /// The bytes of the items of the held jobs.
    private(set) var heldSize = 0
    static let heldLimit = 10_000
    static let heldSizeLimit = 16 << 20

    init(_ limits: WorkLimits) {
        concurrency = limits.concurrencyPerKey
        pacer = limits.ratePerKey.map { Pacer(interval: $0.interval) }
    }

    /// Whether no more jobs may be held.
    var isFull: Bool { heldCount >= Self.heldLimit || heldSize >= Self.heldSizeLimit }

    /// When the next held job may begin because of its rate; `nil` if no held job waits only for that.
    func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        pacer.flatMap { pacer in waiting.lazy.map { pacer.turn(for: $0, now: now) }.min() }
    }

    /// - Returns: the job, if it may begin; otherwise it is held.
    mutating func admit(_ job: Job, now: MonotonicInstant) -> Job? {
        guard let name = job.key else { return job }
        var key = keys[name] ?? Key()
        defer { keys[name] = key }
        guard key.held.isEmpty, mayBegin(key, name, now: now) else {
            key.held.append(job)
            countHeld(1, job)
            if hasRoom(key) { waiting.insert(name) }
            return nil
        }
        begin(&key, name, now: now)
        return job
    }

    /// Gives out a held job that may begin now; `nil` if there is none.
    mutating func release(now: MonotonicInstant) -> Job? {
        guard let name = waiting.first(where: { name in keys[name].map { mayBegin($0, name, now: now) } ?? false }),
            var key = keys[name], let job = key.held.popFirst()
        else { return nil }
        countHeld(-1, job)
        begin(&key, name, now: now)
        if key.held.isEmpty || !hasRoom(key) { waiting.remove(name) }
        keys[name] = key
        return job
    }

    /// Takes in that a job with that key is over.
    mutating func end(_ name: String) {
        guard var key = keys[name] else { return }
        key.inFlight -= 1
        if key.inFlight == 0 && key.held.isEmpty {
            keys[name] = nil
        } else {
            if !key.held.isEmpty && hasRoom(key) { waiting.insert(name) }
            keys[name] = key
        }
    }

    /// Takes out held jobs that were cancelled.
    ///
    /// - Returns: the jobs among them that were held.
    mutating func remove(_ jobs: Set<Job.ID>) -> Set<Job.ID> {
        var removed: Set<Job.ID> = []
        if heldCount == 0 { return removed }
        for (name, key) in keys {
            for job in key.held where jobs.contains(job.id) {
                removed.insert(job.id)
                countHeld(-1, job)
            }
            keys[name]?.held.removeAll { jobs.contains($0.id) }
            if keys[name]?.held.isEmpty ?? true {
                waiting.remove(name)
                if keys[name]?.inFlight == 0 { keys[name] = nil }
            }
        }
        return removed
    }

    private mutating func countHeld(_ count: Int, _ job: Job) {
        heldCount += count
        heldSize += count * job.item.utf8.count
    }

    private func hasRoom(_ key: Key) -> Bool {
        concurrency.map { key.inFlight < $0 } ?? true
    }

    private func mayBegin(_ key: Key, _ name: String, now: MonotonicInstant) -> Bool {
        hasRoom(key) && pacer.map { $0.turn(for: name, now: now) <= now } ?? true
    }

    private mutating func begin(_ key: inout Key, _ name: String, now: MonotonicInstant) {
        key.inFlight += 1
        pacer?.take(now, for: name, now: now)
    }
}
