import KataTestSupport
import KataTesting

@testable import Kata

/// A feed over a run that takes jobs, without a producer and consumers.
final class FeedFixture: Sendable {
    let store: MemoryJobStore
    let run: Run
    let clock: ManualWallClock
    let monotonicClock = ManualClock()
    let limits: WorkLimits
    let gate = PauseGate()
    let session: RunSession
    let recorder: Recorder
    private let feedStore: SpyStore

    /// - Parameters:
    ///   - beforeTransaction: is called with the fixture's store before each of the recorder's transactions.
    ///   - afterTransaction: is called after each of them, before anybody is told of it.
    init(
        _ jobs: [NewJob] = [], limits: WorkLimits = WorkLimits(), clock: ManualWallClock = ManualWallClock(),
        beforeTransaction: @escaping @Sendable (MemoryJobStore) throws -> Void = { _ in },
        afterTransaction: @escaping @Sendable () throws -> Void = {}
    ) async throws {
        let store = MemoryJobStore()
        self.store = store
        self.clock = clock
        self.limits = limits
        run = try store.openRun("p")
        try store.submit(jobs, to: run, at: clock.now())
        feedStore = SpyStore(
            store, beforeTransaction: { try beforeTransaction(store) }, afterTransaction: afterTransaction)
        recorder = Recorder(store: feedStore, logger: PipelineFixture.logger)
        let latest = try await store.latestRun(pipeline: "p") ?? run
        session = RunSession(
            run: latest, configuration: PipelineFixture(source: TestInbox(), limits: limits).configuration,
            runtime: Runtime(clock: monotonicClock, wallClock: clock),
            troubles: Troubles(wallClock: clock, logger: PipelineFixture.logger),
            breaker: CircuitBreaker(clock: monotonicClock))
    }

    /// How many times the feed looked into the store for jobs.
    var reads: Int { feedStore.readsOfPendingJobs }

    /// A feed that is open.
    func openFeed(
        end: JobFeed.End = .dry, jobsMayComeBack: Bool = true, bounds: KeyLimiter.Bounds = KeyLimiter.Bounds()
    ) async throws -> JobFeed {
        var feed = JobFeed(
            session: session, end: end, jobsMayComeBack: jobsMayComeBack, store: feedStore, recorder: recorder,
            gate: gate, runtime: Runtime(clock: monotonicClock, wallClock: clock), limits: limits, bounds: bounds)
        try await feed.open()
        return feed
    }

    /// Submits jobs while the feed is at work.
    @discardableResult
    func submit(_ jobs: NewJob...) throws -> [Job.ID] {
        let submitted = try store.submit(jobs, to: run, at: clock.now())
        session.added(jobs, submitted)
        return submitted.map(\.id)
    }

    /// Says that a job that was given out is over.
    func end(_ job: Job) {
        session.news.post { $0.ended.append(Claim(job)) }
    }

    func cancel(_ job: Job.ID) throws {
        let time = clock.now()
        for change in try store.transaction({ try $0.cancel(job, at: time) }) { session.changed(change) }
    }

    func retry(_ job: Job.ID) throws {
        let time = clock.now()
        session.changed(try store.transaction { try $0.retry(job, at: time) })
    }
}

extension JobFeed {
    /// All that it gives until there is nothing to do, at most `limit`.
    mutating func take(_ limit: Int = .max) async throws -> [Job.ID] {
        var ids: [Job.ID] = []
        while ids.count < limit, let job = try await next() { ids.append(job.id) }
        return ids
    }
}
