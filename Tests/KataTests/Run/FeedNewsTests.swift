import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A feed's news", .timeLimit(.minutes(10)))
struct FeedNewsTests {
    private let news = FeedNews()
    private let clock = ManualWallClock()
    private let due = Timestamp.sample(after: .seconds(60))

    @Test("are nothing unless somebody posts some, and are taken once")
    func takenOnce() {
        #expect(news.take() == nil)
        news.post { $0.read(3, from: .max) }
        #expect(news.take()?.priorities == [3: .max])
        #expect(news.take() == nil)
    }

    @Test("pile up until they are taken")
    func pileUp() throws {
        news.post { $0.read(3, from: .max) }
        news.post { $0.read(-3, from: .max) }
        news.scheduled(for: .sampleEnd)
        news.scheduled(for: .sampleStart)
        news.scheduled(for: .sampleEnd)
        news.post { $0.cancelled[3, default: JobAttempts()].insert(7, attempt: 1) }
        news.post { $0.cancelled[3, default: JobAttempts()].insert(8, attempt: 2) }
        news.post { $0.isSourceExhausted = true }
        let contents = try #require(news.take())
        #expect(contents.priorities == [3: .max, -3: .max])
        #expect(contents.due == .sampleStart, "the earliest")
        #expect(contents.cancelled == [3: JobAttempts([(7, 1), (8, 2)])])
        #expect(contents.isSourceExhausted)
    }

    @Test("hold a few jobs that arrived, and of the rest only their priorities")
    func arrivals() throws {
        let limit = FeedNews.Contents.arrivalLimit
        for id in 1...Job.ID(limit) + 5 { news.post { $0.arrived(Job(id: id, runID: 1, item: "x")) } }
        let contents = try #require(news.take())
        #expect(contents.arrivals.map(\.id) == (1...Job.ID(limit)).map { $0 })
        #expect(contents.priorities == [0: .max])
        news.post { $0.arrived(Job(id: 99, runID: 1, item: "x")) }
        #expect(news.take()?.arrivals.map(\.id) == [99], "there is room again")
    }

    @Test("hold no jobs behind one of theirs that has to be read, and none that are large")
    func unreadArrivals() throws {
        news.post { contents in
            contents.read(1, from: .max)
            contents.arrived(Job(id: 7, runID: 1, item: "x", priority: 1))
            contents.arrived(Job(id: 8, runID: 1, item: "x", priority: 2))
            contents.arrived(Job(id: 9, runID: 1, item: String(repeating: "x", count: 1 << 16), priority: 2))
            contents.arrived(Job(id: 10, runID: 1, item: "x", priority: 2))
        }
        let contents = try #require(news.take())
        #expect(contents.arrivals.map(\.id) == [8])
        #expect(contents.priorities == [1: .max, 2: .max])
    }

    @Test("are waited for")
    func waitedFor() async throws {
        let wait = Task { [news, clock] in try await news.wait(until: nil, clock: clock) }
        news.post { $0.read(1, from: .max) }
        try await wait.value
        #expect(news.take() != nil)
    }

    @Test("may have come before somebody waits")
    func cameBefore() async throws {
        news.post { $0.read(1, from: .max) }
        try await news.wait(until: nil, clock: clock)
        news.wake()
        try await news.wait(until: due, clock: clock)
        #expect(clock.deadlines.isEmpty, "nobody sleeps any more")
    }

    @Test("are waited for up to a time, and not longer")
    func waitedForUntil() async throws {
        let wait = Task { [news, clock, due] in try await news.wait(until: due, clock: clock) }
        try await #expect(eventually { clock.deadlines == [due] })
        clock.advance(to: Timestamp(milliseconds: due.milliseconds - 1))
        #expect(clock.deadlines == [due])
        clock.advance(to: due)
        try await wait.value
    }

    @Test("are not lost to a wait that the time ended")
    func notLost() async throws {
        try await news.wait(until: clock.now(), clock: clock)
        news.wake()
        try await news.wait(until: nil, clock: clock)
    }

    @Test("are not waited for in a cancelled task", arguments: [true, false])
    func cancelled(hasTime: Bool) async throws {
        let wait = Task { [news, clock, due] in try await news.wait(until: hasTime ? due : nil, clock: clock) }
        if hasTime { try await #expect(eventually { clock.deadlines == [due] }) }
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
        #expect(clock.deadlines.isEmpty)
    }

    @Test("reach a feed that waits, whatever the clock does meanwhile", arguments: 1...50)
    func races(round: Int) async throws {
        let start = clock.now()
        let time = start.advanced(by: .milliseconds(round))
        async let wait: Void = news.wait(until: time, clock: clock)
        async let post: Void = news.post { $0.read(round, from: .max) }
        async let advance: Void = clock.advance(to: time)
        _ = try await (wait, post, advance)
        // A ring that lost against the clock is kept, and one that won leaves nothing but what it was for.
        #expect(news.take()?.priorities == [round: .max])
        news.wake()
        try await news.wait(until: nil, clock: clock)
    }
}
