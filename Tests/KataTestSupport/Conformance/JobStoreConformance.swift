public import Kata
import Testing

/// Checks that a store keeps what ``JobStore`` and ``StoreTransaction`` promise.
///
///     static let conformance = JobStoreConformance { MemoryJobStore() }
///
///     @Test(arguments: JobStoreBehaviour.allCases)
///     func conforms(_ behaviour: JobStoreBehaviour) async throws {
///         try await Self.conformance.check(behaviour)
///     }
public struct JobStoreConformance: Sendable {
    private let makeStore: @Sendable () async throws -> any JobStore
    private let reopen: (@Sendable (any JobStore) async throws -> any JobStore)?

    /// - Parameters:
    ///   - reopen: closes that store and opens what it left behind; `nil` for a store that leaves nothing.
    ///   - makeStore: makes an empty store of its own for each call.
    public init(
        reopen: (@Sendable (any JobStore) async throws -> any JobStore)? = nil,
        makeStore: @escaping @Sendable () async throws -> any JobStore
    ) {
        self.makeStore = makeStore
        self.reopen = reopen
    }

    /// Checks one behaviour on a new store.
    public func check(_ behaviour: some StoreBehaviour) async throws {
        try await behaviour.check(makeStore())
    }

    /// Checks that every read gives the same before and after the store was closed and opened again, and that work can
    /// go on from there.
    public func checkReopening() async throws {
        let reopen = try #require(self.reopen, "this store can't be opened again")
        let store = try await makeStore()
        let sample = try await fill(store)
        let before = try await StoreContent(of: store, pipelines: sample.pipelines)

        let reopened = try await reopen(store)
        let after = try await StoreContent(of: reopened, pipelines: sample.pipelines)

        #expect(before.results.count == 2)
        #expect(after == before)
        #expect(Set(before.records.map(\.state)) == Set(JobState.allCases))
        try await #require(reopened.unfinishedRun(pipeline: "a")?.id == sample.unfinished.id)
        let pending = try await reopened.pendingJobs(run: sample.unfinished.id, after: 0, limit: 10)
        let job = try #require(pending.first)
        #expect(try reopened.transaction { try $0.completes(.sample(of: job)) })
        try await #expect(reopened.results(.init(), after: 0, limit: 10).count == 3)
        #expect(try reopened.transaction { try $0.beginSession(run: sample.unfinished.id).brokeOff })
        let inHand = try await reopened.pendingJobs(run: sample.unfinished.id, priority: 7, after: 0, limit: 10)
        #expect(inHand.map(\.interruptions) == [1])
    }

    /// Fills a store with two pipelines, three runs, and jobs in each state.
    private func fill(_ store: any JobStore) async throws -> (pipelines: [String], unfinished: Run) {
        let first = try await store.run("a", items: ["x", "y\n|", "z"], progress: .exhausted)
        try store.transaction { transaction in
            _ = try transaction.completes(.sample(of: first.jobs[1], by: "c2"))
            _ = try transaction.completes(.sample(of: first.jobs[0], by: "c1"))
            _ = try transaction.completes(.sample(of: first.jobs[2], .failed(reason: "no")))
            #expect(
                try transaction.endSession(
                    run: first.run.id, elapsed: .milliseconds(1_094), at: Timestamp(milliseconds: 9)))
            try transaction.saveDrain(DrainReceipt(finished: 1, at: Timestamp(milliseconds: 8)), of: "a")
        }
        let second = try await store.run("a", items: ["1", "2"], progress: .at(cursor: "2"))
        #expect(
            try !store.transaction { transaction in
                try transaction.endSession(
                    run: second.run.id, elapsed: .milliseconds(77), at: Timestamp(milliseconds: 9))
            })
        _ = try await store.run("b", items: [], progress: .start)
        try await submit(to: second.run, in: store)
        return (["a", "b"], second.run)
    }

    /// Adds jobs in each state, one of them in a handler's hands, a pause and an idempotency key.
    private func submit(to run: Run, in store: any JobStore) async throws {
        for state in JobState.allCases where state != .done { _ = try await store.job(state, in: run) }
        let inHand = try store.submit(
            NewJob(item: "x", priority: 7, uniqueKey: "k", maxAttempts: 3, timeout: .milliseconds(1_500)), to: run)
        let again = try store.submit(NewJob(item: "y", priority: -1), to: run)
        try await store.complete(again, by: "c3", .retry(reason: "no", at: .sampleEnd))
        try store.transaction { transaction in
            _ = try transaction.beginSession(run: run.id)
            try transaction.markStarted([inHand], at: .sampleStart)
            try transaction.setPaused(true, pipeline: "b", at: .sampleStart)
            let submission = Submission(fingerprint: 9, jobs: [SubmittedJob(id: 1), SubmittedJob(id: 2)])
            try transaction.saveSubmission(
                submission, key: "key", pipeline: "a", at: .sampleEnd, forgettingBefore: .sampleStart)
        }
    }
}

/// Everything that can be read from a store.
private struct StoreContent: Equatable {
    var runs: [Run?] = []
    var runIDs: [Run.ID] = []
    var jobs: [[Job]] = []
    var counts: [JobCounts] = []
    var results: [JobResult] = []
    var totals: [[ConsumerTotal]] = []
    var drains: [DrainReceipt?] = []
    var records: [JobRecord] = []
    var attempts: [[Attempt]] = []
    var priorities: [[Int]] = []
    var due: [Timestamp?] = []
    var pauses: [Bool] = []
    var submissions: [Submission?] = []

    init(of store: any JobStore, pipelines: [String]) async throws {
        results = try await store.results(ResultSelection(), after: 0, limit: 1_000)
        runIDs = try await store.runIDs(in: ResultSelection())
        records = try await store.jobs(JobFilter(), before: .max, limit: 1_000)
        for record in records { attempts.append(try await store.attempts(job: record.job.id)) }
        for pipeline in pipelines {
            pauses.append(try await store.isPaused(pipeline: pipeline))
            submissions.append(try store.transaction { try $0.submission(key: "key", pipeline: pipeline) })
            counts.append(try await store.counts(pipeline: pipeline))
            drains.append(try await store.lastDrain(pipeline: pipeline))
            runs.append(try await store.unfinishedRun(pipeline: pipeline))
            let latest = try await store.latestRun(pipeline: pipeline)
            runs.append(latest)
            guard let latest else { continue }
            for run in 1...latest.id {
                jobs.append(try await store.pendingJobs(run: run, after: 0, limit: 1_000))
                totals.append(try await store.consumerTotals(run: run))
                priorities.append(try await store.pendingPriorities(run: run))
                due.append(try await store.nextDue(run: run))
            }
        }
    }
}
