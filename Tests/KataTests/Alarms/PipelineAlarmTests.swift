import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline that tells another one of its jobs", .timeLimit(.minutes(10)))
struct PipelineAlarmTests {
    private let store = MemoryJobStore()
    private let clock = ManualWallClock()
    private var fixture: PipelineFixture {
        var fixture = PipelineFixture(store: store, workerCount: 1, wallClock: clock)
        fixture.source = TestInbox()
        fixture.handler = TestHandler { job in
            if job.item.hasPrefix("bad") { throw JobFailure("no: \(job.item)", retry: .never) }
        }
        return fixture
    }

    @Test("tells of each failure, once it is one for good, and of nothing else")
    func each() async throws {
        var fixture = fixture
        fixture.alarms = AlarmRules(pipeline: "p", failures: .init(pipeline: "alarms"))
        fixture.failures = FailurePolicy(retry: RetryPolicy(attempts: 2, backoff: .zero, max: .zero))
        fixture.handler = TestHandler { job in
            if job.item == "again" && job.attempt == 1 || job.item == "bad" { throw JobFailure("no", retry: .byPolicy) }
        }
        try await run(fixture, [NewJob(item: "good"), NewJob(item: "again"), NewJob(item: "bad", key: "k\"1")])
        let alarms = try await alarms()
        #expect(alarms.count == 1)
        let time = clock.now().iso8601
        #expect(
            alarms.first == """
                {"event":"failure","pipeline":"p","id":3,"item":"bad","key":"k\\"1","attempts":2,\
                "created_at":"\(time)","reason":"no","failed_at":"\(time)"}
                """)
    }

    @Test("cuts what is long, and says so")
    func cut() async throws {
        var fixture = fixture
        fixture.alarms = AlarmRules(pipeline: "p", failures: .init(pipeline: "alarms"))
        let item = "bad" + String(repeating: "ü", count: 400_000)
        try await run(fixture, [NewJob(item: item)])
        let alarm = try #require(try await alarms().first)
        #expect(alarm.utf8.count < 3 * AlarmDocument.textLimit)
        #expect(alarm.contains("\"item_bytes\":\(item.utf8.count),\"item_cut\":true"))
    }

    @Test("tells of no job that tells of others itself, and of no cancelled one")
    func quiet() async throws {
        var fixture = fixture
        fixture.alarms = AlarmRules(pipeline: "p", failures: .init(pipeline: "alarms"), recoveries: "alarms")
        let run = try store.openRun("p")
        let ids = try store.submit([NewJob(item: "bad 1"), NewJob(item: "bad 2"), NewJob(item: "good")], to: run).map(
            \.id)
        try store.transaction { transaction in
            try transaction.saveAlarm(ids[0], of: "other", .failure)
            _ = try transaction.cancel(ids[1], at: clock.now())
        }
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            try await fixture.wait(for: ids[2], toBe: .done)
            pipeline.drain()
        }
        try await #expect(store.record(ids[0]).state == .failed)
        try await #expect(alarms() == [])
    }

    @Test("tells of a job that is quarantined")
    func quarantined() async throws {
        var fixture = fixture
        fixture.alarms = AlarmRules(pipeline: "p", failures: .init(pipeline: "alarms"))
        fixture.failures = FailurePolicy(interruptions: 1)
        let run = try store.openRun("p")
        let id = try store.submit(NewJob(item: "killer"), to: run)
        try store.transaction { transaction in
            _ = try transaction.beginSession(run: run.id)
            try transaction.markStarted([id], at: clock.now())
        }
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            try await fixture.wait(for: id, toBe: .failed)
            pipeline.drain()
        }
        let alarms = try await alarms()
        #expect(alarms.count == 1 && alarms[0].contains("\"reason\":\"quarantined: "), "\(alarms)")
    }

    @Test("gathers failures: tells of the first at once, and then of all in so long a time, with five of them")
    func gathers() async throws {
        var fixture = fixture
        fixture.alarms = AlarmRules(pipeline: "p", failures: .init(pipeline: "alarms", every: .seconds(600)))
        try await run(fixture, [NewJob(item: "bad 0")])
        try await #expect(alarms().count == 1)
        for number in 1...9 {
            clock.advance(by: .seconds(1))
            try await run(fixture, [NewJob(item: "bad \(number)")])
        }
        let alarms = try await alarms()
        #expect(alarms.count == 2)
        #expect(alarms[0].contains("\"item\":\"bad 0\"") && alarms[0].contains("\"count\":1,"))
        #expect(alarms[1].contains("\"item\":\"bad 1\"") && alarms[1].contains("\"count\":9,"), "\(alarms)")
        #expect(alarms[1].contains("\"last_failed_at\":\"\(clock.now().iso8601)\""))
        #expect(alarms[1].contains("bad 5") && !alarms[1].contains("bad 6"), "\(alarms)")
        let records = try await store.jobs(JobFilter(pipeline: "alarms"), before: .max, limit: 9)
        #expect(records.map(\.state) == [.scheduled, .pending])
        #expect(records[0].runAt == Timestamp.sample(after: .seconds(600)))

        // Once it is due it is left alone, and the next one comes as long after it.
        clock.advance(to: .sample(after: .seconds(601)))
        let run = records[0].job.runID
        _ = try store.transaction { try $0.promote(run: run, dueBy: clock.now(), limit: 9) }
        try await self.run(fixture, [NewJob(item: "bad 10")])
        let last = try await store.jobs(JobFilter(pipeline: "alarms"), before: .max, limit: 1)
        #expect(last.map(\.state) == [.scheduled] && last[0].runAt == Timestamp.sample(after: .seconds(1_200)))
        try await #expect(self.alarms().count == 3)
    }

    @Test("tells of the first success after failures: of the key, or else of the pipeline")
    func recovery() async throws {
        var fixture = fixture
        fixture.alarms = AlarmRules(pipeline: "p", recoveries: "alarms")
        let jobs = [
            NewJob(item: "good"), NewJob(item: "bad 1", key: "a"), NewJob(item: "bad 2", key: "a"),
            NewJob(item: "bad 3"), NewJob(item: "good b", key: "b"), NewJob(item: "good a", key: "a"),
            NewJob(item: "good a again", key: "a"), NewJob(item: "good none"), NewJob(item: "good none again"),
        ]
        try await run(fixture, jobs)
        let alarms = try await alarms()
        #expect(alarms.count == 2)
        #expect(alarms[0].contains("\"event\":\"recovery\"") && alarms[0].contains("\"item\":\"good a\""), "\(alarms)")
        #expect(alarms[0].contains("\"failed_job\":3,") && alarms[0].contains("\"failures\":2"), "\(alarms)")
        #expect(alarms[1].contains("\"item\":\"good none\"") && alarms[1].contains("\"failed_job\":4,"), "\(alarms)")
    }

    /// Has the jobs done one after the other.
    private func run(_ fixture: PipelineFixture, _ jobs: [NewJob]) async throws {
        try await fixture.whileRunning(.untilDrained) { pipeline in
            for id in try await pipeline.submit(jobs).map(\.id) {
                let came = try await eventually { try await fixture.store.job(id)?.state.isFinal == true }
                try #require(came, "job \(id) does not end")
            }
            pipeline.drain()
        }
    }

    private func alarms() async throws -> [String] {
        try await store.jobs(JobFilter(pipeline: "alarms"), before: .max, limit: 100).map(\.job.item).reversed()
    }
}
