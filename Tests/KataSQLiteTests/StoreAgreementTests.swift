import Kata
import KataSQLite
import KataTestSupport
import KataTesting
import Testing

/// Two stores that were written for the same promises, each of them the other's oracle.
@Suite("The SQLite store and the one in memory")
struct StoreAgreementTests {
    @Test("answer the same to the same requests", arguments: 1...8)
    func agree(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let memory = MemoryJobStore()
        let sqlite = try SQLiteJobStore(path: directory.path("kata.db"))
        var generator = SeededGenerator(seed: seed)
        var past: [StoreRequest] = []
        var states: Set<JobState> = []
        for step in 0..<300 {
            let requests = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                StoreRequest.random(at: step, using: &generator)
            }
            past += requests
            let expected = try memory.transaction { transaction in try requests.map { try $0.answer(transaction) } }
            let answers = try sqlite.transaction { transaction in try requests.map { try $0.answer(transaction) } }
            try #require(answers == expected, "after \(past.suffix(8))")
            if step.isMultiple(of: 10) {
                let content = try await Content(of: sqlite)
                try await #require(content == Content(of: memory), "after \(past.suffix(24))")
                states.formUnion(content.records.map(\.state))
            }
        }
        #expect(states == Set(JobState.allCases), "the requests reach every state")
        try sqlite.close()
    }

    private struct Content: Equatable {
        var runs: [Run?] = []
        var counts: [JobCounts] = []
        var pauses: [Bool] = []
        var records: [JobRecord] = []
        var attempts: [[Attempt]] = []
        var durations: [Job.ID: Duration] = [:]
        var pending: [[Job]] = []
        var before: [Int] = []
        var last: [Job.ID?] = []
        var due: [Timestamp?] = []
        var results: [JobResult] = []
        var entries: [[ScheduleEntryState]] = []

        init(of store: any JobStore) async throws {
            results = try await store.results(ResultSelection(), after: 0, limit: 1_000)
            records = try await store.jobs(JobFilter(), before: .max, limit: 1_000)
            durations = try await store.lastDurations(jobs: records.map(\.job.id))
            for record in records { attempts.append(try await store.attempts(job: record.job.id)) }
            runs += try await store.unfinishedRuns()
            for pipeline in StoreRequest.pipelines {
                runs.append(try await store.unfinishedRun(pipeline: pipeline))
                runs.append(try await store.latestRun(pipeline: pipeline))
                counts.append(try await store.counts(pipeline: pipeline))
                entries.append(try await store.scheduleEntries(pipeline: pipeline))
                pauses.append(try await store.isPaused(pipeline: pipeline))
            }
            for run in try await store.runIDs(in: ResultSelection()) {
                due.append(try await store.nextDue(run: run))
                for priority in try await store.pendingPriorities(run: run) {
                    pending.append(try await store.pendingJobs(run: run, priority: priority, after: 0, limit: 1_000))
                    for keys in [JobKeys.only("key"), .except(["key"]), .except([])] {
                        pending.append(
                            try await store.pendingJobs(
                                run: run, priority: priority, keys: keys, after: 5, through: 200, limit: 100))
                        before.append(
                            try await store.jobsBefore(100, priority: priority, run: run, keys: keys, limit: 50))
                    }
                    last.append(try await store.lastPendingJob(run: run, priority: priority))
                }
            }
        }
    }
}
