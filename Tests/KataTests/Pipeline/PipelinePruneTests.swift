import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline that forgets jobs")
struct PipelinePruneTests {
    private let store = MemoryJobStore()
    private let clock = ManualWallClock(.sample(after: .seconds(7_200)))

    @Test("forgets those that were finished before a time, those that are named, or all page by page")
    func prune() async throws {
        let ids = try await finished(1_200, .done)
        try await fixture().withPipeline { [store] pipeline in
            let early = Timestamp.sampleStart
            try await #expect(pipeline.prune(.done, finishedBefore: early) == 0)
            let late = Timestamp.sample(after: .seconds(60))
            try await #expect(pipeline.prune(.failed, finishedBefore: late) == 0)
            try await #expect(pipeline.prune(Array(ids[0...700]), .done, finishedBefore: late) == 701)
            try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).last?.job.id == ids[701])
            // The latest one stays for its id.
            try await #expect(pipeline.prune(.done, finishedBefore: late) == 498)
            try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).map(\.job.id) == [ids[1_199]])
            #expect(pipeline.status().counts.done == 1_200, "that was done all the same")
        }
    }

    @Test("goes by its retention, each state by its own")
    func retention() async throws {
        for outcome in [Completion.Outcome.done, .failed(reason: "no")] { _ = try await finished(3, outcome) }
        _ = try await finished(1, .done)
        let times: [JobState: Duration] = [.done: .seconds(3_600), .failed: .seconds(86_400)]
        try await fixture(Retention(times: times)).withPipeline { [store, clock] pipeline in
            try await pipeline.pruneByRetention()
            let states = try await store.jobs(JobFilter(), before: .max, limit: .max).map(\.state)
            #expect(states == [.done, .failed, .failed, .failed])
            clock.advance(by: .seconds(86_400))
            try await pipeline.pruneByRetention()
            try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).map(\.state) == [.done])
        }
    }

    @Test("forgets nothing by a clock that is ahead by years for a while, whether or not it is started again")
    func clockAhead() async throws {
        _ = try await finished(3, .done)
        let fixture = fixture(Retention(times: [.done: .seconds(30 * 86_400)]))
        try await fixture.withPipeline { try await $0.pruneByRetention() }
        let years = Duration.seconds(10 * 366 * 86_400)
        clock.advance(by: years)
        for _ in 1...2 {
            try await fixture.withPipeline { [store, clock] pipeline in
                for _ in 1...3 {
                    try await pipeline.pruneByRetention()
                    clock.advance(by: .seconds(3_600))
                }
                try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).count == 3)
            }
        }
        clock.advance(by: .zero - years)
        try await fixture.withPipeline { [store, clock] pipeline in
            try await pipeline.pruneByRetention()
            try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).count == 3)
            // They become old enough by and by.
            for _ in 1...31 {
                clock.advance(by: .seconds(86_400))
                try await pipeline.pruneByRetention()
            }
            try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).count == 1)
        }
    }

    @Test("keeps what was finished by a clock that was ahead no longer than from when the clock was set right")
    func finishedAhead() async throws {
        let run = try store.openRun("p")
        let ahead = Timestamp.sample(after: .seconds(10 * 366 * 86_400))
        for (index, outcome) in [Completion.Outcome.done, .failed(reason: "no"), .done, .done].enumerated() {
            let job = try await store.add(["\(index)"], to: run.id, progress: .start)[0]
            let time = index < 2 ? ahead : .sampleStart
            #expect(
                try store.transaction {
                    try $0.completes(
                        Completion(job: job, consumerID: "c1", outcome: outcome, startedAt: time, finishedAt: time))
                })
        }
        let month = Duration.seconds(30 * 86_400)
        try await fixture(Retention(times: [.done: month, .failed: month])).withPipeline { [store, clock] pipeline in
            try await pipeline.pruneByRetention()
            let now = clock.now()
            for id in [Job.ID(1), 2] { try await #expect(store.record(id).finishedAt == now) }
            try await #expect(store.results(ResultSelection(), after: 0, limit: 9)[0].finishedAt == now)
            for _ in 1...31 {
                clock.advance(by: .seconds(86_400))
                try await pipeline.pruneByRetention()
            }
            try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).map(\.job.id) == [4])
        }
    }

    @Test("forgets nothing unless it is told to")
    func noRetention() async throws {
        _ = try await finished(3, .done)
        clock.advance(by: .seconds(400 * 86_400))
        try await fixture().withPipeline { try await $0.pruneByRetention() }
        try await #expect(store.jobs(JobFilter(), before: .max, limit: .max).count == 3)
    }

    private func fixture(_ retention: Retention = Retention()) -> PipelineFixture {
        var fixture = PipelineFixture(store: store, source: TestInbox(), wallClock: clock)
        fixture.retention = retention
        return fixture
    }

    private func finished(_ count: Int, _ outcome: Completion.Outcome) async throws -> [Job.ID] {
        let run = try await store.unfinishedRun(pipeline: "p") ?? store.openRun("p")
        let jobs = try await store.add((0..<count).map(String.init), to: run.id, progress: .start)
        try store.transaction { transaction in
            for job in jobs { _ = try transaction.complete(.sample(of: job, outcome)) }
        }
        return jobs.map(\.id)
    }
}
