import Kata
import Testing

extension JobReadingBehaviour {
    static func checkPriorities(_ store: any JobStore) async throws {
        let run = try store.openRun()
        try await #expect(store.pendingPriorities(run: run.id).isEmpty)
        var ids: [Int: Job.ID] = [:]
        for priority in [0, -100, 100, 7, -1, 7] {
            ids[priority] = try store.submit(NewJob(item: "x", priority: priority), to: run)
        }
        try store.submit([NewJob(item: "x", priority: 55, runAt: .sampleEnd)], to: run)
        try store.submit([NewJob(item: "x", priority: 66)], to: store.openRun("b"))
        try await #expect(store.pendingPriorities(run: run.id) == [100, 7, 0, -1, -100])
        for priority in [100, 7, -1] {
            try await store.complete(try #require(ids[priority]))
        }
        try await #expect(store.pendingPriorities(run: run.id) == [7, 0, -100], "there were two of 7")
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        try await #expect(store.pendingPriorities(run: run.id) == [55, 7, 0, -100])
        try await #expect(store.pendingPriorities(run: run.id + 9).isEmpty)
    }

    static func checkOfPriority(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let priorities = [3, 0, 3, -5, 3, 3]
        let ids = try priorities.map { try store.submit(NewJob(item: "x", priority: $0), to: run) }
        try store.submit([NewJob(item: "x", priority: 3)], to: store.openRun("b"))
        func pending(_ priority: Int, after id: Job.ID = 0, limit: Int = 10) async throws -> [Job.ID] {
            try await store.pendingJobs(run: run.id, priority: priority, after: id, limit: limit).map(\.id)
        }
        try await #expect(pending(3) == [ids[0], ids[2], ids[4], ids[5]])
        try await #expect(pending(3, limit: 2) == [ids[0], ids[2]])
        try await #expect(pending(3, after: ids[2]) == [ids[4], ids[5]])
        try await #expect(pending(0) == [ids[1]])
        try await #expect(pending(-5) == [ids[3]])
        try await #expect(pending(4).isEmpty)
        try await store.complete(ids[2])
        try await #expect(pending(3) == [ids[0], ids[4], ids[5]])
    }

    static func checkNextDue(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        try await #expect(store.nextDue(run: run.id) == nil)
        let ids = try [5, 3, 9].map { second in
            try store.submit(NewJob(item: "x", runAt: .sample(after: .seconds(second))), to: run)
        }
        try store.submit([NewJob(item: "x", runAt: .sample(after: .seconds(1)))], to: other)
        try await #expect(store.nextDue(run: run.id) == .sample(after: .seconds(3)))
        _ = try store.transaction { try $0.cancel(ids[1], at: .sampleStart) }
        try await #expect(store.nextDue(run: run.id) == .sample(after: .seconds(5)))
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sample(after: .seconds(5)), limit: 9) }
        try await #expect(store.nextDue(run: run.id) == .sample(after: .seconds(9)))
        try await #expect(store.nextDue(run: other.id) == .sample(after: .seconds(1)))
    }

    static func checkListed(_ store: any JobStore) async throws {
        try await #expect(store.jobs(JobFilter(), before: .max, limit: 10).isEmpty)
        let runs = try [store.openRun("a"), store.openRun("b")]
        var expected: [JobRecord] = []
        for state in JobState.allButWaiting {
            for run in runs { expected.append(try await store.record(store.job(state, in: run))) }
        }
        try await #expect(store.jobs(JobFilter(), before: .max, limit: 100) == expected.reversed())
    }

    static func checkListedByState(_ store: any JobStore) async throws {
        let runs = try [store.openRun("a"), store.openRun("b")]
        var ids: [JobState: [Job.ID]] = [:]
        for run in runs + runs {
            for state in JobState.allButWaiting { ids[state, default: []].append(try await store.job(state, in: run)) }
        }
        for state in JobState.allButWaiting {
            let all = try await store.jobs(JobFilter(state: state), before: .max, limit: 100)
            #expect(all.map(\.job.id) == ids[state]?.reversed())
            #expect(all.allSatisfy { $0.state == state })
            let own = try await store.jobs(JobFilter(pipeline: "b", state: state), before: .max, limit: 100)
            #expect(own == all.filter { $0.pipeline == "b" })
            #expect(own.count == 2)
        }
    }

    static func checkListedByPipeline(_ store: any JobStore) async throws {
        var expected: [Job.ID] = []
        for _ in 1...2 {
            let (run, jobs) = try await store.run("a", items: ["x", "y"])
            for job in jobs { try store.complete(job) }
            try store.finish(run)
            expected += jobs.map(\.id)
            try store.finish(try await store.run("b", items: []).run)
        }
        try store.submit([NewJob(item: "x")], to: store.openRun("b"))
        func ids(_ pipeline: String) async throws -> [Job.ID] {
            try await store.jobs(JobFilter(pipeline: pipeline), before: .max, limit: 100).map(\.job.id)
        }
        try await #expect(ids("a") == expected.reversed())
        try await #expect(ids("b").count == 1)
        try await #expect(ids("A").isEmpty)
    }

    static func checkListedInPages(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try (0..<10).map { _ in try store.submit(NewJob(item: "x"), to: run) }
        var pages: [[Job.ID]] = []
        while pages.last?.isEmpty != true, pages.count < 10 {
            let before = pages.last?.last ?? .max
            pages.append(try await store.jobs(JobFilter(), before: before, limit: 4).map(\.job.id))
        }
        #expect(pages.map(\.count) == [4, 4, 2, 0])
        #expect(pages.flatMap { $0 } == ids.reversed())
        try await #expect(store.jobs(JobFilter(), before: ids[0], limit: 4).isEmpty)
    }

    static func checkLastDurations(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let jobs = try (0..<3).map {
            try Job(id: store.submit(NewJob(item: "\($0)"), to: run), runID: run.id, item: "")
        }
        func end(_ job: Job, attempt: Int, _ outcome: Completion.Outcome, after duration: Duration) throws {
            var job = job
            job.attempt = attempt
            let completion = Completion(
                job: job, consumerID: "c1", outcome: outcome, startedAt: .sampleStart,
                finishedAt: .sample(after: duration))
            #expect(try store.transaction { try $0.completes(completion) })
        }
        try end(jobs[0], attempt: 1, .retry(reason: "no", at: .sampleStart), after: .seconds(1))
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        try end(jobs[1], attempt: 1, .failed(reason: "no"), after: .seconds(3))
        let ids = jobs.map(\.id) + [99]
        try await #expect(store.lastDurations(jobs: ids) == [ids[0]: .seconds(1), ids[1]: .seconds(3)])
        try end(jobs[0], attempt: 2, .done, after: .milliseconds(2))
        try await #expect(store.lastDurations(jobs: ids) == [ids[0]: .milliseconds(2), ids[1]: .seconds(3)])
        try await #expect(store.lastDurations(jobs: []).isEmpty)
    }

    static func checkListedCut(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let long = String(repeating: "é", count: 1_000)
        let ids = try ["short", long].map { try store.submit(NewJob(item: $0), to: run) }
        try await store.complete(ids[0], .failed(reason: long))
        for records in [
            try await store.jobs(JobFilter(), before: .max, limit: 9, textLimit: 101),
            try await store.jobs(ids.reversed(), textLimit: 101),
        ] {
            #expect(records.map(\.job.item) == [String(repeating: "é", count: 50), "short"])
            #expect(records.map(\.itemBytes) == [2_000, 5])
            #expect(records.map(\.error) == [nil, String(repeating: "é", count: 50)])
            #expect(records.map(\.errorBytes) == [0, 2_000])
        }
        try await #expect(store.record(ids[1]).job.item == long)
        try await #expect(store.record(ids[0]).error == long)
    }

    static func checkListedByID(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try (0..<4).map { try store.submit(NewJob(item: "\($0)"), to: run) }
        let listed = try await store.jobs([ids[2], ids[3] + 1, ids[0]], textLimit: .max)
        try await #expect(listed == [store.record(ids[2]), store.record(ids[0])])
        try await #expect(store.jobs([], textLimit: .max).isEmpty)
    }

    static func checkAttemptPages(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let output = String(repeating: "o", count: StorePage.budget / 4 + 1)
        for number in 1...6 {
            let outcome: Completion.Outcome = number < 6 ? .retry(reason: "no \(number)", at: .sampleEnd) : .done
            let job = try await store.record(id).job
            let completion = Completion(
                job: job, consumerID: "c1", outcome: outcome, startedAt: .sampleStart, finishedAt: .sampleEnd,
                output: output)
            try #require(try store.transaction { try $0.completes(completion) })
            _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 9) }
        }
        let first = try await store.attempts(job: id, skipping: 0)
        #expect(first.map(\.number) == [1, 2, 3, 4])
        let second = try await store.attempts(job: id, skipping: 4)
        #expect(second.map(\.number) == [5, 6])
        #expect((first + second).allSatisfy { $0.output == output })
        try await #expect(store.attempts(job: id, skipping: 6).isEmpty)
    }

    static func checkUnknownJob(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        for unknown in [-1, 0, id + 1, .max] { try await #expect(store.job(unknown) == nil) }
    }

    static func checkPaused(_ store: any JobStore) async throws {
        func pause(_ isPaused: Bool, _ pipeline: String) throws {
            try store.transaction { try $0.setPaused(isPaused, pipeline: pipeline, at: .sampleStart) }
        }
        try await #expect(!store.isPaused(pipeline: "a"))
        try pause(false, "a")
        try await #expect(!store.isPaused(pipeline: "a"))
        for _ in 1...2 {
            // To pause twice is the same as once.
            for _ in 1...2 { try pause(true, "a") }
            try await #expect(store.isPaused(pipeline: "a"))
            try await #expect(!store.isPaused(pipeline: "b"))
            try pause(false, "a")
            try await #expect(!store.isPaused(pipeline: "a"))
        }
        try pause(true, "b")
        _ = try store.openRun("b")
        try await #expect(store.isPaused(pipeline: "b"))
    }
}
