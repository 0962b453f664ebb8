import DequeModule

/// Holds back jobs whose key is at its limit, and lets the others pass.
///
/// Jobs that are held back stay in memory, so there is a bound for them; a feed that has reached it waits.
struct KeyLimiter {
    private struct Key {
        var inFlight = 0
        /// When the next one may begin.
        var next: PreciseClock.Instant?
        var held: Deque<Job> = []
    }

    private let concurrency: Int?
    private let interval: Duration?
    private var keys: [String: Key] = [:]
    /// Keys with held jobs that are not at their limit of concurrency.
    private var waiting: Set<String> = []
    private(set) var heldCount = 0
    /// How many keys there may be before it is time to look for old ones.
    private var sweepCount = 1_024
    private static let heldLimit = 10_000

    init(_ limits: WorkLimits) {
        concurrency = limits.concurrencyPerKey
        interval = limits.ratePerKey?.interval
    }

    var isFull: Bool { heldCount >= Self.heldLimit }

    /// When the next held job may begin because of its rate; `nil` if none waits for that.
    var nextTurn: PreciseClock.Instant? {
        interval == nil ? nil : waiting.lazy.compactMap { keys[$0]?.next }.min()
    }

    /// - Returns: the job, if it may begin; otherwise it is held.
    mutating func admit(_ job: Job, now: PreciseClock.Instant) -> Job? {
        guard let name = job.key else { return job }
        var key = keys[name] ?? Key()
        defer { keys[name] = key }
        guard key.held.isEmpty, mayBegin(key, now: now) else {
            key.held.append(job)
            heldCount += 1
            if hasRoom(key) { waiting.insert(name) }
            return nil
        }
        begin(&key, now: now)
        return job
    }

    /// A held job that may begin now.
    mutating func release(now: PreciseClock.Instant) -> Job? {
        guard let name = waiting.first(where: { name in keys[name].map { mayBegin($0, now: now) } ?? false }),
            var key = keys[name], let job = key.held.popFirst()
        else { return nil }
        heldCount -= 1
        begin(&key, now: now)
        if key.held.isEmpty || !hasRoom(key) { waiting.remove(name) }
        keys[name] = key
        return job
    }

    /// A job with that key is over.
    mutating func end(_ name: String, now: PreciseClock.Instant) {
        guard var key = keys[name] else { return }
        if keys.count > sweepCount { sweep(now) }
        key.inFlight -= 1
        if key.inFlight == 0 && key.held.isEmpty && key.next.map({ $0 <= now }) ?? true {
            keys[name] = nil
        } else {
            if !key.held.isEmpty && hasRoom(key) { waiting.insert(name) }
            keys[name] = key
        }
    }

    /// Takes out held jobs that were cancelled.
    ///
    /// - Returns: those that were held.
    mutating func remove(_ jobs: Set<Job.ID>) -> Set<Job.ID> {
        var removed: Set<Job.ID> = []
        if heldCount == 0 { return removed }
        for (name, key) in keys where key.held.contains(where: { jobs.contains($0.id) }) {
            removed.formUnion(key.held.lazy.map(\.id).filter(jobs.contains))
            keys[name]?.held.removeAll { jobs.contains($0.id) }
            if keys[name]?.held.isEmpty ?? true { waiting.remove(name) }
        }
        heldCount -= removed.count
        return removed
    }

    /// Forgets keys that hold back nothing any more.
    private mutating func sweep(_ now: PreciseClock.Instant) {
        keys = keys.filter {
            !$0.value.held.isEmpty || $0.value.inFlight > 0 || ($0.value.next.map { $0 > now } ?? false)
        }
        sweepCount = 2 * keys.count + 1_024
    }

    private func hasRoom(_ key: Key) -> Bool {
        concurrency.map { key.inFlight < $0 } ?? true
    }

    private func mayBegin(_ key: Key, now: PreciseClock.Instant) -> Bool {
        hasRoom(key) && (key.next.map { $0 <= now } ?? true)
    }

    private func begin(_ key: inout Key, now: PreciseClock.Instant) {
        key.inFlight += 1
        if let interval { key.next = max(key.next ?? now, now).advanced(by: interval) }
    }
}
