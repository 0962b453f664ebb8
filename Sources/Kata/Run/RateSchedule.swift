/// Spaces the beginnings of jobs evenly, for each key by itself.
struct RateSchedule {
    /// The one key under which a schedule of all jobs counts every job.
    static let allJobs = ExactString("")
    /// The time from one beginning to the next.
    let interval: Duration
    /// By key, when the next job with it may begin.
    private var next: [ExactString: MonotonicInstant] = [:]
    /// How many keys there may be before it is time to forget the keys that hold back nothing.
    private var sweepCount = 1_024

    /// - Parameter interval: the time from one beginning to the next.
    init(interval: Duration) {
        self.interval = interval
    }

    /// When the next job with that key may begin; not before `now`.
    func turn(for key: ExactString, now: MonotonicInstant) -> MonotonicInstant {
        max(now, next[key] ?? now)
    }

    /// Notes that a job with that key begins at `turn`.
    mutating func take(_ turn: MonotonicInstant, for key: ExactString, now: MonotonicInstant) {
        next[key] = turn.advanced(by: interval)
        if next.count > sweepCount {
            next = next.filter { $0.value > now }
            sweepCount = 2 * next.count + 1_024
        }
    }

    /// The keys whose next job has to wait.
    func waitingKeys(now: MonotonicInstant) -> [ExactString] {
        next.filter { $0.value > now }.map(\.key)
    }
}
