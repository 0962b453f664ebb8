import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The end of a job feed", .timeLimit(.minutes(10)))
struct JobFeedEndTests {
    private let executor = StepExecutor()
    private let given = Notes<Job.ID?>()

    @Test("comes at once if there is nothing to do and it is not to wait")
    func dry() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x", runAt: .sampleEnd)])
        var feed = try await fixture.openFeed()
        try await #expect(feed.take().isEmpty)
        await fixture.recorder.stop()
    }

    @Test("does not come while the source may have more")
    func sourceHasMore() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x")])
        let task = drain(fixture)
        #expect(given.all == [1])
        try await complete(1, .done, fixture)
        executor.runUntilIdle()
        #expect(given.all == [1])
        try await exhaust(fixture)
        executor.runUntilIdle()
        #expect(given.all == [1, nil])
        try await task.value
        await fixture.recorder.stop()
    }

    @Test("does not come while a job is out that may come back", arguments: [true, false])
    func jobIsOut(mayComeBack: Bool) async throws {
        let fixture = try await FeedFixture([NewJob(item: "x")])
        try await exhaust(fixture)
        let task = drain(fixture, jobsMayComeBack: mayComeBack)
        #expect(given.all == (mayComeBack ? [1] : [1, nil]))
        try await complete(1, .done, fixture)
        executor.runUntilIdle()
        #expect(given.all == [1, nil])
        try await task.value
        await fixture.recorder.stop()
    }

    @Test("does not come before a job that is to be tried again was finished")
    func retried() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x")])
        try await exhaust(fixture)
        let task = drain(fixture)
        let due = Timestamp.sample(after: .seconds(60))
        try await complete(1, .retry(reason: "no", at: due), fixture)
        executor.runUntilIdle()
        #expect(given.all == [1])
        #expect(fixture.clock.deadlines == [due])
        fixture.clock.advance(to: due)
        try await #expect(
            eventually {
                executor.runUntilIdle()
                return given.all == [1, 1]
            })
        try await complete(1, .failed(reason: "no"), fixture)
        executor.runUntilIdle()
        #expect(given.all == [1, 1, nil])
        try await task.value
        await fixture.recorder.stop()
    }

    @Test("comes when the last job is cancelled, whether it was waited for or was out", arguments: [true, false])
    func cancelled(isScheduled: Bool) async throws {
        let due = Timestamp.sample(after: .seconds(60))
        let fixture = try await FeedFixture([NewJob(item: "x", runAt: isScheduled ? due : nil)])
        try await exhaust(fixture)
        let task = drain(fixture)
        #expect(given.all == (isScheduled ? [] : [1]))
        try fixture.cancel(1)
        if !isScheduled { fixture.session.skipped(Job(id: 1, runID: fixture.run.id, item: "x")) }
        executor.runUntilIdle()
        #expect(given.all.last == .some(nil))
        try await task.value
        await fixture.recorder.stop()
    }

    @Test("is a cancellation of its task")
    func taskIsCancelled() async throws {
        let fixture = try await FeedFixture()
        let task = drain(fixture)
        task.cancel()
        executor.runUntilIdle()
        await #expect(throws: CancellationError.self) { try await task.value }
        await fixture.recorder.stop()
    }

    /// A task that notes what the feed gives, and its end as `nil`.
    private func drain(_ fixture: FeedFixture, jobsMayComeBack: Bool = true) -> Task<Void, any Error> {
        let task = Task(executorPreference: executor) { [given] in
            var feed = try await fixture.openFeed(end: .finished, jobsMayComeBack: jobsMayComeBack)
            while let job = try await feed.next() {
                given.add(job.id)
                fixture.session.produced(job)
            }
            given.add(nil)
        }
        executor.runUntilIdle()
        return task
    }

    private func exhaust(_ fixture: FeedFixture) async throws {
        try await fixture.store.add([], to: fixture.run.id, progress: .exhausted)
        fixture.session.read(0, .exhausted)
    }

    private func complete(_ id: Job.ID, _ outcome: Completion.Outcome, _ fixture: FeedFixture) async throws {
        let completion = Completion.sample(of: try await fixture.store.record(id).job, outcome)
        #expect(try fixture.store.transaction { try $0.completes(completion) })
        fixture.session.completed(completion)
    }
}
