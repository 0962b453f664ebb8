import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A feed's arrivals", .timeLimit(.minutes(10)))
struct FeedArrivalTests {
    @Test("are given without a look into the store, as they would be read from it")
    func notRead() async throws {
        let fixture = try await FeedFixture()
        var feed = try await fixture.openFeed()
        try fixture.submit(
            NewJob(
                item: "a", priority: 3, maxAttempts: 2, timeout: .milliseconds(1_500) + .microseconds(900), key: "k"))
        let job = try await feed.next()
        #expect(fixture.reads == 0)
        #expect(try await job == fixture.store.pendingJobs(run: fixture.run.id, priority: 3, after: 0, limit: 1).first)
        try fixture.submit(NewJob(item: "b"), NewJob(item: "c", priority: 3))
        try await #expect(feed.take() == [3, 2])
        #expect(fixture.reads == 0)
        await fixture.recorder.stop()
    }

    @Test("are read if they are many, and so is what comes behind them")
    func many() async throws {
        let fixture = try await FeedFixture()
        var feed = try await fixture.openFeed()
        let many = Array(repeating: NewJob(item: "x"), count: FeedNews.Contents.arrivalLimit + 1)
        fixture.session.added(many, try fixture.store.submit(many, to: fixture.run, at: fixture.clock.now()))
        try fixture.submit(NewJob(item: "last"))
        try await #expect(feed.take() == (1...Job.ID(many.count) + 1).map { $0 })
        #expect(fixture.reads > 0)
        await fixture.recorder.stop()
    }

    @Test("are not given again if they were read before the feed was told of them")
    func toldLate() async throws {
        let fixture = try await FeedFixture([NewJob(item: "x")])
        var feed = try await fixture.openFeed()
        let late = [NewJob(item: "y"), NewJob(item: "z")]
        let submitted = try fixture.store.submit(late, to: fixture.run, at: fixture.clock.now())
        try await #expect(feed.take() == [1, 2, 3])
        fixture.session.added(late, submitted)
        try fixture.submit(NewJob(item: "new"))
        try await #expect(feed.take() == [4])
        await fixture.recorder.stop()
    }

    @Test("keep to the limits per key")
    func limitedByKey() async throws {
        let fixture = try await FeedFixture(limits: WorkLimits(concurrencyPerKey: 1))
        var feed = try await fixture.openFeed()
        try fixture.submit(NewJob(item: "a", key: "k"), NewJob(item: "b", key: "k"), NewJob(item: "c", key: "l"))
        try await #expect(feed.take(2) == [1, 3])
        fixture.end(Job(id: 1, runID: fixture.run.id, item: "a", key: "k"))
        try await #expect(feed.take(1) == [2])
        await fixture.recorder.stop()
    }

    @Test("that are cancelled before they were given are not given, until they are retried")
    func cancelled() async throws {
        let fixture = try await FeedFixture()
        var feed = try await fixture.openFeed()
        try fixture.submit(NewJob(item: "a"), NewJob(item: "b"), NewJob(item: "c"))
        try fixture.cancel(2)
        try await #expect(feed.take() == [1, 3])
        try fixture.retry(2)
        try await #expect(feed.take() == [2])
        await fixture.recorder.stop()
    }

    @Test("are given once each and in order within their priority, whatever happens", arguments: 1...40)
    func randomised(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let fixture = try await FeedFixture(Array(repeating: NewJob(item: "x"), count: Int(seed) % 3))
        var feed = try await fixture.openFeed()
        var open = Set((0..<seed % 3).map { Job.ID($0) + 1 })
        var cancelled: Set<Job.ID> = []
        var priorities = Dictionary(uniqueKeysWithValues: open.map { ($0, 0) })
        // What is in the store and the feed was not told of yet; it hears of everything in order.
        var untold: [(jobs: [NewJob], submitted: [SubmittedJob])] = []
        func tell() {
            for next in untold { fixture.session.added(next.jobs, next.submitted) }
            untold = []
        }
        for step in 0...150 {
            switch step == 150 ? 3 : Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                let isMany = Int.random(in: 0..<8, using: &generator) == 0
                let jobs = (0..<Int.random(in: isMany ? 65...90 : 1...4, using: &generator)).map { _ in
                    NewJob(item: "x", priority: Int.random(in: 0...2, using: &generator))
                }
                let submitted = try fixture.store.submit(jobs, to: fixture.run, at: fixture.clock.now())
                untold.append((jobs, submitted))
                if Bool.random(using: &generator) { tell() }
                for (job, id) in zip(jobs, submitted.map(\.id)) {
                    priorities[id] = job.priority
                    open.insert(id)
                }
            case 2:
                guard let id = open.sorted().randomElement(using: &generator) else { continue }
                tell()
                try fixture.cancel(id)
                open.remove(id)
                cancelled.insert(id)
            case 3:
                if step == 150 { tell() }
                let ids = try await feed.take(step == 150 ? .max : Int.random(in: 1...30, using: &generator))
                for id in ids { #expect(open.remove(id) != nil, "\(id) at step \(step)") }
                for priority in 0...2 {
                    let lane = ids.filter { priorities[$0] == priority }
                    #expect(lane == lane.sorted())
                }
            default:
                guard let id = cancelled.sorted().randomElement(using: &generator) else { continue }
                tell()
                try fixture.retry(id)
                cancelled.remove(id)
                open.insert(id)
            }
        }
        #expect(open.isEmpty, "not given: \(open.sorted())")
        await fixture.recorder.stop()
    }
}
