import KataTestSupport
import KataTesting
import Synchronization
import Testing

@testable import Kata

@Suite("A job feed", .timeLimit(.minutes(10)))
struct JobFeedTests {
    @Test("gives jobs of a higher priority first, and within a priority in order")
    func priorities() async throws {
        let priorities = [0, 5, -5, 5, 0, 100, -100, 5]
        let fixture = try await FeedFixture(priorities.map { NewJob(item: "x", priority: $0) })
        var feed = try await fixture.openFeed()
        try await #expect(feed.take() == [6, 2, 4, 8, 1, 5, 3, 7])
        await fixture.recorder.stop()
    }

    @Test("gives the oldest of all as every tenth, so that none waits for ever")
    func ageing() async throws {
        let low = Array(repeating: NewJob(item: "low", priority: 0), count: 5)
        let high = Array(repeating: NewJob(item: "high", priority: 9), count: 50)
        let fixture = try await FeedFixture(low + high)
        var feed = try await fixture.openFeed()
        let given = try await feed.take()
        #expect(given.count == 55)
        #expect([9, 19, 29, 39, 49].map { given[$0] } == [1, 2, 3, 4, 5])
        #expect(given.filter { $0 > 5 } == (6...55).map { Job.ID($0) })
        await fixture.recorder.stop()
    }

    @Test("lets a low priority have its turn, even if others never end")
    func noStarvation() async throws {
        let fixture = try await FeedFixture([NewJob(item: "low", priority: -100)])
        try fixture.submit(NewJob(item: "high", priority: 100))
        var feed = try await fixture.openFeed()
        var given: [Job.ID] = []
        while !given.contains(1), given.count < 100 {
            // There is always one more of the high ones.
            try fixture.submit(NewJob(item: "high", priority: 100))
            given += try await feed.take(1)
        }
        #expect(given.count == 10)
        await fixture.recorder.stop()
    }

    @Test("gives any jobs in the order that its rules say", arguments: 1...6)
    func randomised(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let jobs = (0..<2_500).map { _ in NewJob(item: "x", priority: Int.random(in: -2...2, using: &generator)) }
        let fixture = try await FeedFixture(jobs)
        var feed = try await fixture.openFeed()
        let given = try await feed.take()

        var lanes = Dictionary(grouping: jobs.indices, by: { jobs[$0].priority }).mapValues { $0[...] }
        var expected: [Job.ID] = []
        while let highest = lanes.keys.max() {
            let oldest = lanes.min { $0.value.first ?? 0 < $1.value.first ?? 0 }?.key
            let lane = expected.count % 10 == 9 ? oldest ?? highest : highest
            guard let job = lanes[lane]?.popFirst() else { break }
            expected.append(Job.ID(job + 1))
            if lanes[lane]?.isEmpty == true { lanes[lane] = nil }
        }
        #expect(expected.count == jobs.count)
        #expect(given == expected)
        await fixture.recorder.stop()
    }

    @Test("gives what is submitted meanwhile in its turn")
    func submittedMeanwhile() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x"), NewJob(item: "x")])
        var feed = try await fixture.openFeed()
        try await #expect(feed.take(1) == [1])
        try fixture.submit(NewJob(item: "x", priority: -1), NewJob(item: "x"), NewJob(item: "x", priority: 1))
        try await #expect(feed.take() == [5, 2, 4, 3])
        try fixture.submit(NewJob(item: "x", priority: -1))
        try await #expect(feed.take() == [6], "of a priority that was at its end")
        await fixture.recorder.stop()
    }

    @Test("gives a scheduled job when its time has come, in its turn")
    func scheduled() async throws {
        let clock = ManualWallClock()
        let due = Timestamp.sample(after: .seconds(60))
        let fixture = try await FeedFixture(
            [NewJob(item: "x", priority: 5, runAt: due), NewJob(item: "x", runAt: due), NewJob(item: "x")], clock: clock
        )
        var feed = try await fixture.openFeed()
        try await #expect(feed.take() == [3])
        clock.advance(to: Timestamp(milliseconds: due.milliseconds - 1))
        try await #expect(feed.take().isEmpty)
        clock.advance(to: due)
        try await #expect(feed.take() == [1, 2])
        try await #expect(fixture.store.counts(pipeline: "p") == JobCounts(pending: 3))
        #expect(fixture.session.progress.counts == JobCounts(pending: 3))
        await fixture.recorder.stop()
    }

    @Test("promotes more jobs than it takes in one go")
    func manyDue() async throws {
        let clock = ManualWallClock()
        let due = Timestamp.sample(after: .seconds(1))
        let fixture = try await FeedFixture(
            Array(repeating: NewJob(item: "x", runAt: due), count: 2_500), clock: clock)
        var feed = try await fixture.openFeed()
        clock.advance(to: due)
        try await #expect(feed.take() == (1...2_500).map { Job.ID($0) })
        await fixture.recorder.stop()
    }

    @Test("leaves out what was cancelled before it was given out")
    func cancelled() async throws {
        let fixture = try await FeedFixture(Array(repeating: NewJob(item: "x"), count: 6))
        var feed = try await fixture.openFeed()
        try await #expect(feed.take(2) == [1, 2])
        // The first was given out, so that its consumer has to know.
        for id in [1, 3, 5] { try fixture.cancel(Job.ID(id)) }
        try await #expect(feed.take() == [4, 6])
        let left = (1...6).filter { fixture.session.cancelledJobs.take(Job(id: Job.ID($0), runID: 1, item: "x")) }
        #expect(left == [1])
        await fixture.recorder.stop()
    }

    @Test("gives a job again that was cancelled and is tried again at once")
    func cancelledAndRetried() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x"), NewJob(item: "x")])
        var feed = try await fixture.openFeed()
        try await #expect(feed.take(2) == [1, 2])
        try fixture.cancel(1)
        try fixture.retry(1)
        let again = try await feed.next()
        #expect(again?.id == 1)
        #expect(again?.attempt == 2)
        await fixture.recorder.stop()
    }

    @Test("gives a job again that was cancelled and tried again while it promotes others")
    func cancelledAndRetriedMeanwhile() async throws {
        let due = Timestamp.sample(after: .seconds(1))
        let meanwhile = Meanwhile()
        let fixture = try await FeedFixture([NewJob(item: "x"), NewJob(item: "x", priority: 1, runAt: due)]) { _ in
            try meanwhile.happen()
        }
        var feed = try await fixture.openFeed()
        try await #expect(feed.take(1) == [1])
        fixture.clock.advance(to: due)
        // Both requests are in the same batch as the feed's own write, and before it.
        meanwhile.plan {
            try fixture.cancel(1)
            try fixture.retry(1)
        }
        try await #expect(feed.take() == [2, 1])
        await fixture.recorder.stop()
    }

    @Test("leaves out a job that is cancelled in the commit that makes it pending", arguments: [false, true])
    func cancelledWithPromotion(hasKey: Bool) async throws {
        let due = Timestamp.sample(after: .seconds(1))
        let meanwhile = Meanwhile()
        let key = hasKey ? "k" : nil
        // Of the first the lane has read past, so that it is not read again.
        let jobs = [NewJob(item: "x", runAt: due, key: key), NewJob(item: "x", key: key)]
        let limits = hasKey ? WorkLimits(concurrencyPerKey: 2) : WorkLimits()
        let fixture = try await FeedFixture(jobs, limits: limits, afterTransaction: { try meanwhile.happen() })
        var feed = try await fixture.openFeed()
        try await #expect(feed.take() == [2])
        fixture.clock.advance(to: due)
        // Told before the feed learns what it has made pending.
        meanwhile.plan { try fixture.cancel(1) }
        try await #expect(feed.take() == [])
        await fixture.recorder.stop()
    }

    @Test("gives nothing while it is paused, and nothing more once the pause was closed")
    func paused() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x"), NewJob(item: "x")])
        fixture.gate.shut()
        let given = Notes<Job.ID>()
        let executor = StepExecutor()
        let task = Task(executorPreference: executor) {
            var feed = try await fixture.openFeed()
            while let job = try await feed.next() {
                given.add(job.id)
                fixture.gate.shut()
            }
        }
        executor.runUntilIdle()
        #expect(given.all.isEmpty)
        fixture.gate.open()
        executor.runUntilIdle()
        #expect(given.all == [1])
        fixture.gate.close()
        executor.runUntilIdle()
        try await task.value
        #expect(given.all == [1])
        await fixture.recorder.stop()
    }
}

/// Something that is to happen at the next opportunity, once.
private final class Meanwhile: Sendable {
    private let action = Mutex<(@Sendable () throws -> Void)?>(nil)

    func plan(_ body: @escaping @Sendable () throws -> Void) {
        action.withLock { $0 = body }
    }

    func happen() throws {
        let body = action.withLock { action in
            defer { action = nil }
            return action
        }
        try body?()
    }
}
