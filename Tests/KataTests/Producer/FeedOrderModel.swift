import KataTestSupport
import KataTesting
import Synchronization
import Testing

@testable import Kata

/// A feed at random work, and what is to be known of its jobs.
final class FeedOrderModel {
    private enum State: Equatable {
        case pending, cancelled
        case scheduled(Timestamp)
    }

    private struct Given {
        let job: Job
        var hasBegun = false
    }

    let fixture: FeedFixture
    private let limits: WorkLimits
    private let bounds: KeyLimiter.Bounds
    private let unrecorded: Unrecorded
    private var feed: JobFeed
    private var generator: SeededGenerator
    private var jobs: [Job.ID: (job: Job, state: State)] = [:]
    private var inFlight: [Given] = []
    private var turns: [[UInt8]?: MonotonicInstant] = [:]
    private var claims: Set<Claim> = []
    private var cancelled: [Job] = []
    private var count = 0

    init(seed: UInt64, limits: WorkLimits, bounds: KeyLimiter.Bounds) async throws {
        self.limits = limits
        self.bounds = bounds
        var generator = SeededGenerator(seed: seed)
        let unrecorded = Unrecorded()
        let first = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            Self.newJob(using: &generator)
        }
        self.unrecorded = unrecorded
        self.generator = generator
        fixture = try await FeedFixture(first, limits: limits) { try unrecorded.record(in: $0) }
        feed = try await fixture.openFeed(bounds: bounds)
        for (offset, job) in first.enumerated() { add(job, Job.ID(offset + 1)) }
    }

    func step() async throws {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<4: try submit(Int.random(in: 0..<12, using: &generator) == 0 ? 66 : 4)
        case 4..<6: try cancel()
        case 6..<8: try retry()
        case 8..<13: try complete()
        case 13: try unrecorded.record(in: fixture.store)
        case 14: advance(by: .milliseconds(Int.random(in: 0...200, using: &generator)))
        case 15: if Bool.random(using: &generator) { advance(by: .seconds(3_600)) }
        default: try await take(Int.random(in: 1...12, using: &generator))
        }
    }

    /// Does all that is left, and checks that nothing is lost.
    func finish() async throws {
        var rounds = 0
        while jobs.values.contains(where: { $0.state != .cancelled }) || !inFlight.isEmpty {
            rounds += 1
            try #require(rounds < 10_000, "the work does not end")
            try await take(.max)
            while !inFlight.isEmpty { try complete(again: false) }
            advance(by: .seconds(3_600))
        }
        let left = try await feed.next()
        #expect(left == nil)
        #expect(feed.limiter?.keys?.heldCount ?? 0 == 0 && feed.limiter?.keys?.heldSize ?? 0 == 0)
        for job in cancelled { #expect(!fixture.session.cancelledJobs.contains(job), "\(job.id) is remembered") }
    }

    private static func newJob(using generator: inout SeededGenerator) -> NewJob {
        let key = [nil, "a", "a", "a", "b", "c", "\u{e9}", "e\u{301}"].randomElement(using: &generator) ?? nil
        return NewJob(item: "x", priority: Int.random(in: -1...1, using: &generator), key: key)
    }

    private func add(_ job: NewJob, _ id: Job.ID) {
        jobs[id] = (job.job(id: id, run: fixture.run.id), .pending)
    }

    private func submit(_ most: Int) throws {
        try unrecorded.record(in: fixture.store)
        let new = (0..<Int.random(in: 1...most, using: &generator)).map { _ in Self.newJob(using: &generator) }
        let submitted = try fixture.store.submit(new, to: fixture.run, at: fixture.clock.now())
        fixture.session.added(new, submitted)
        for (job, answer) in zip(new, submitted) { add(job, answer.id) }
    }

    private func cancel() throws {
        try unrecorded.record(in: fixture.store)
        guard let id = jobs.filter({ $0.value.state == .pending }).keys.sorted().randomElement(using: &generator),
            let job = jobs[id]?.job
        else { return }
        try fixture.cancel(id)
        jobs[id]?.state = .cancelled
        // As long as a consumer has the job at an earlier attempt, what was cancelled stays remembered, to be safe.
        if !inFlight.contains(where: { $0.job.id == id && $0.job != job }) { cancelled.append(job) }
    }

    private func retry() throws {
        try unrecorded.record(in: fixture.store)
        let ids = jobs.filter { $0.value.state == .cancelled }.keys.sorted()
        guard let id = ids.randomElement(using: &generator) else { return }
        try fixture.retry(id)
        jobs[id]?.job.attempt += 1
        jobs[id]?.job.interruptions = 0
        jobs[id]?.state = .scheduled(fixture.clock.now())
    }

    /// Ends an attempt. It is recorded later, as by a recorder with much to do.
    private func complete(again: Bool = true) throws {
        guard let index = inFlight.indices.randomElement(using: &generator) else { return }
        let job = inFlight[index].job
        defer { inFlight.removeAll { Claim($0.job) == Claim(job) } }
        guard jobs[job.id]?.state == .pending, jobs[job.id]?.job.attempt == job.attempt,
            jobs[job.id]?.job.interruptions == job.interruptions
        else {
            // The consumer finds it cancelled.
            _ = fixture.session.cancelledJobs.take(job)
            fixture.session.skipped(job)
            return
        }
        if !inFlight[index].hasBegun { begin(index) }
        let due = fixture.clock.now().advanced(by: .milliseconds(Int.random(in: 0...150, using: &generator)))
        let outcome: Completion.Outcome =
            switch again ? Int.random(in: 0..<5, using: &generator) : 0 {
            case 1: .retry(reason: "no", at: due)
            case 2: .interrupted(reason: "cut", at: due)
            case 3: .postponed(reason: "down", at: due)
            default: .done
            }
        switch outcome {
        case .retry: jobs[job.id]?.job.attempt += 1
        case .interrupted: jobs[job.id]?.job.interruptions += 1
        case .done, .failed, .cutOff, .postponed: break
        }
        // It comes again as the same attempt.
        if case .postponed = outcome { claims.remove(Claim(job)) }
        if outcome == .done { jobs[job.id] = nil } else { jobs[job.id]?.state = .scheduled(due) }
        let completion = Completion.sample(of: job, outcome)
        unrecorded.completions.withLock { $0.append(completion) }
        fixture.session.completed(completion)
    }

    private func begin(_ index: Int) {
        let job = inFlight[index].job
        let now = fixture.monotonicClock.now
        var turn = now
        if let rate = limits.rate {
            turn = max(now, turns[nil].map { $0.advanced(by: rate.interval) } ?? now)
        }
        if let key = exact(job.key), let rate = limits.ratePerKey {
            turn = max(turn, turns[key].map { $0.advanced(by: rate.interval) } ?? now)
            turns[key] = turn
        }
        turns[nil] = turn
        inFlight[index].hasBegun = true
        fixture.session.news.post { $0.begun.append((Claim(job), turn)) }
    }

    private func advance(by duration: Duration) {
        fixture.monotonicClock.advance(by: duration)
        fixture.clock.advance(by: duration)
    }

    private func take(_ most: Int) async throws {
        for _ in 0..<most {
            let now = fixture.clock.now()
            for (id, entry) in jobs {
                if case .scheduled(let due) = entry.state, due <= now { jobs[id]?.state = .pending }
            }
            guard let expected = next() else { return }
            let given = try await feed.next()
            let job = try #require(given)
            try #require(job == expected, "job \(count)")
            try #require(claims.insert(Claim(job)).inserted, "\(job) was given twice")
            count += 1
            inFlight.append(Given(job: job))
            if Bool.random(using: &generator) { begin(inFlight.count - 1) }
            let held = feed.limiter?.keys?.heldCount ?? 0
            let keys = 5
            try #require(held <= max(bounds.jobs + keys, keys), "\(held) are held")
        }
    }

    /// The job that is to be given next.
    private func next() -> Job? {
        let claims = Set(inFlight.map { Claim($0.job) })
        let waiting = jobs.values.filter { $0.state == .pending && !claims.contains(Claim($0.job)) }.map(\.job)
        let open = Dictionary(grouping: waiting) { exact($0.key) }.filter { mayBegin($0.key) }.values.joined()
        if count % 10 == 9 { return open.min { $0.id < $1.id } }
        return open.min { (-$0.priority, $0.id) < (-$1.priority, $1.id) }
    }

    /// Whether a job with that key may begin.
    private func mayBegin(_ key: [UInt8]?) -> Bool {
        if let rate = limits.rate, !mayBegin(rate, nil, inFlight) { return false }
        guard let key else { return true }
        let same = inFlight.filter { exact($0.job.key) == key }
        if same.count >= limits.concurrencyPerKey ?? .max { return false }
        return limits.ratePerKey.map { mayBegin($0, key, same) } ?? true
    }

    private func mayBegin(_ rate: RateLimit, _ key: [UInt8]?, _ inFlight: [Given]) -> Bool {
        let now = fixture.monotonicClock.now
        let ahead = rate.interval * inFlight.count { !$0.hasBegun }
        let turn = max(now, turns[key].map { $0.advanced(by: rate.interval) } ?? now)
        return turn.advanced(by: ahead) <= now.advanced(by: RateGate.lead)
    }

    /// Swift takes some texts for the same that are not.
    private func exact(_ key: String?) -> [UInt8]? { key.map { Array($0.utf8) } }
}

/// Completions that were told, and are not in the store yet.
private final class Unrecorded: Sendable {
    let completions = Mutex<[Completion]>([])

    func record(in store: MemoryJobStore) throws {
        let all = completions.withLock { completions in
            defer { completions = [] }
            return completions
        }
        for completion in all {
            #expect(try store.transaction { try $0.completes(completion) }, "\(completion)")
        }
    }
}
