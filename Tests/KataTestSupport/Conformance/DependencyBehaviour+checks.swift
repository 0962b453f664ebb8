import Kata
import Testing

extension DependencyBehaviour {
    static func checkReleased(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let blockers = try (0..<3).map { _ in try store.submit(NewJob(item: "x"), to: run) }
        let job = try store.submit(NewJob(item: "y", after: JobIDs(blockers + [blockers[0]])), to: run)
        try await #expect(store.record(job).state == .waiting)
        try await #expect(store.blockers(job: job) == blockers)
        for blocker in blockers { try await #expect(store.dependents(job: blocker, limit: 5) == [job]) }
        try await #expect(store.dependents(job: blockers[0], limit: 0) == [])
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10).map(\.id) == blockers)
        for (index, blocker) in blockers.enumerated() {
            let next = try await store.record(blocker).job
            let changes = try #require(try store.transaction { try $0.complete(.sample(of: next)) }).changes
            try await #expect(store.blockers(job: job) == Array(blockers.dropFirst(index + 1)))
            #expect(changes.map(\.job) == (index == 2 ? [job] : []))
            #expect(changes.allSatisfy { $0.old == .waiting && $0.new == .scheduled && $0.runAt != nil })
        }
        try await #expect(store.counts(pipeline: "a") == JobCounts(scheduled: 1, done: 3))
        let due = try #require(try await store.nextDue(run: run.id))
        #expect(try store.transaction { try $0.promote(run: run.id, dueBy: due, limit: 9) }.map(\.id) == [job])
    }

    static func checkReleasedLater(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let blocker = try store.submit(NewJob(item: "x"), to: run)
        let due = Timestamp.sample(after: .seconds(3_600))
        let job = try store.submit(NewJob(item: "y", runAt: due, after: [blocker]), to: run)
        try await #expect(store.record(job).state == .waiting)
        try await #expect(store.nextDue(run: run.id) == nil)
        try await store.complete(blocker)
        try await #expect(store.nextDue(run: run.id) == due)
    }

    static func checkCancelledWith(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for fails in [true, false] {
            let root = try store.submit(NewJob(item: "root"), to: run)
            let other = try store.submit(NewJob(item: "other"), to: run)
            let second = try store.submit(NewJob(item: "second", after: [root, other]), to: run)
            let third = try store.submit(NewJob(item: "third", after: [second]), to: run)
            let changes: [JobChange]
            if fails {
                let job = try await store.record(root).job
                let completion = Completion.sample(of: job, .failed(reason: "no"))
                changes = try #require(try store.transaction { try $0.complete(completion) }).changes
            } else {
                changes = Array(try store.transaction { try $0.cancel(root, at: .sampleEnd) }.dropFirst())
            }
            #expect(changes.map(\.job) == [second, third])
            #expect(changes.allSatisfy { $0.old == .waiting && $0.new == .cancelled })
            for (id, cause) in [(second, root), (third, second)] {
                let record = try await store.record(id)
                #expect(record.state == .cancelled && record.finishedAt != nil)
                #expect(record.error?.contains("job \(cause),") ?? false, "\(record.error ?? "")")
                try await #expect(store.blockers(job: id) == [])
            }
            // A cancelled job is not changed by the end of a job that it would have waited for.
            try await store.complete(other)
            try await #expect(store.record(second).state == .cancelled)
        }
        try await #expect(store.counts(pipeline: "a") == JobCounts(done: 2, failed: 1, cancelled: 5))
    }

    static func checkRetriedAfter(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let root = try store.submit(NewJob(item: "root"), to: run)
        let job = try store.submit(NewJob(item: "x", after: [root]), to: run)
        func retry(_ job: Job.ID, after blockers: Set<Job.ID>) throws -> JobChange {
            try store.transaction { transaction in
                try transaction.attempt { try transaction.retry(job, after: blockers, at: .sampleEnd) }
            }
        }
        #expect(throws: StoreError.wrongState(job: job, state: .waiting, action: "retry")) {
            try retry(job, after: [root])
        }
        _ = try store.transaction { try $0.cancel(root, at: .sampleEnd) }
        #expect(throws: StoreError.wrongState(job: root, state: .cancelled, action: "wait for")) {
            try retry(job, after: [root])
        }
        #expect(throws: StoreError.unknownJob(99)) { try retry(job, after: [99]) }
        try await #expect(store.record(job).job.attempt == 1)

        _ = try store.transaction { try $0.retry(root, at: .sampleEnd) }
        let change = try retry(job, after: [root])
        #expect(change.old == .cancelled && change.new == .waiting && change.attempt == 2)
        let record = try await store.record(job)
        #expect(record.state == .waiting && record.job.attempt == 2 && record.finishedAt == nil)
        try await #expect(store.blockers(job: job) == [root])
        try await #expect(store.counts(pipeline: "a") == JobCounts(scheduled: 1, waiting: 1))
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 9) }
        try await store.complete(root)
        try await #expect(store.record(job).state == .scheduled)

        // What is done need not be waited for.
        _ = try store.transaction { try $0.cancel(job, at: .sampleEnd) }
        #expect(try retry(job, after: [root]).new == .scheduled)
    }

    static func checkDoneBefore(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let done = try await store.job(.done, in: run)
        let submitted = try store.submit([NewJob(item: "x", after: [done])], to: run)
        #expect(submitted[0].state == .pending)
        try await #expect(store.blockers(job: submitted[0].id) == [])
        let later = NewJob(item: "x", runAt: .sample(after: .seconds(9)), after: [done])
        #expect(try store.submit([later], to: run)[0].state == .scheduled)
    }

    static func checkFailedBefore(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let pending = try await store.job(.pending, in: run)
        for state in [JobState.failed, .cancelled] {
            let blocker = try await store.job(state, in: run)
            let before = try await store.counts(pipeline: "a")
            let submitted = try store.submit([NewJob(item: "x", after: [pending, blocker])], to: run)
            #expect(submitted[0].state == .cancelled)
            let record = try await store.record(submitted[0].id)
            #expect(record.state == .cancelled && record.finishedAt == .sampleStart)
            #expect(record.error?.contains("job \(blocker),") ?? false)
            try await #expect(store.blockers(job: submitted[0].id) == [])
            try await #expect(store.counts(pipeline: "a").cancelled == before.cancelled + 1)
        }
    }

    static func checkUnknown(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let jobs = [NewJob(item: "fine"), NewJob(item: "y", after: [id, id + 500]), NewJob(item: "fine")]
        #expect(throws: StoreError.unknownJob(id + 500)) { try store.submit(jobs, to: run) }
        try await #expect(store.jobs(JobFilter(), before: .max, limit: 10).map(\.job.id) == [id])
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1))
    }

    static func checkRetried(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let blocker = try store.submit(NewJob(item: "x"), to: run)
        let job = try store.submit(NewJob(item: "y", after: [blocker]), to: run)
        let change = try store.transaction { try $0.retry(job, at: .sampleEnd) }
        #expect(change.old == .waiting && change.new == .scheduled && change.runAt == .sampleEnd)
        let record = try await store.record(job)
        #expect(record.job.attempt == 1, "that costs no attempt")
        try await #expect(store.blockers(job: job) == [])
        try await store.complete(blocker, .failed(reason: "no"))
        try await #expect(store.record(job).state == .scheduled)
    }

    static func checkAttempts(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let blocker = try store.submit(NewJob(item: "x"), to: run)
        let job = try store.submit(NewJob(item: "y", after: [blocker]), to: run)
        try await store.complete(blocker, .cutOff)
        try await store.complete(blocker, .retry(reason: "no", at: .sampleEnd))
        try await #expect(store.record(job).state == .waiting)
        try await #expect(store.blockers(job: job) == [blocker])
    }

    static func checkPatient(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let blockers = try (0..<3).map { _ in try store.submit(NewJob(item: "x"), to: run) }
        var after = JobIDs(blockers)
        for state in [JobState.done, .failed, .cancelled] {
            let finished = try await store.job(state, in: run)
            after.append(finished...finished)
        }
        let job = try store.submit(NewJob(item: "y", after: after, when: .finished), to: run)
        let next = try store.submit(NewJob(item: "z", after: [job]), to: run)
        try await #expect(store.blockers(job: job) == blockers)
        try await store.complete(blockers[0], .failed(reason: "no"))
        _ = try store.transaction { try $0.cancel(blockers[1], at: .sampleEnd) }
        try await #expect(store.record(job).state == .waiting)
        try await store.complete(blockers[2])
        try await #expect(store.record(job).state == .scheduled)
        try await #expect(store.record(job).error == nil)
        try await #expect(store.record(next).state == .waiting)
    }

    static func checkMany(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for state in [JobState.done, .cancelled] {
            let blocker = try store.submit(NewJob(item: "x"), to: run)
            let waiting = try store.submit((0..<2_500).map { NewJob(item: "\($0)", after: [blocker]) }, to: run)
            // Another job waits for the last of the waiting ones.
            let last = try store.submit(NewJob(item: "last", after: JobIDs([waiting[2_499].id])), to: run)
            var (changes, hasMore) = try store.transaction { transaction in
                if state == .cancelled {
                    return (
                        Array(try transaction.cancel(blocker, at: .sampleEnd).dropFirst()),
                        transaction.hasUnresolvedDependents
                    )
                }
                let completion = Completion.sample(of: Job(id: blocker, runID: run.id, item: "x"))
                return (try transaction.complete(completion)?.changes ?? [], transaction.hasUnresolvedDependents)
            }
            while hasMore {
                let rest = try store.transaction { try $0.resolveMoreDependents(at: .sampleEnd) }
                #expect(rest.changes.count <= 1_000)
                changes += rest.changes
                hasMore = rest.hasMore
            }
            #expect(changes.count == (state == .done ? 2_500 : 2_501))
            #expect(Set(changes.map(\.job)).count == changes.count)
            #expect(changes.allSatisfy { $0.new == (state == .done ? .scheduled : .cancelled) })
            try await #expect(store.record(last).state == (state == .done ? .waiting : .cancelled))
            try await #expect(store.blockers(job: last) == (state == .done ? [waiting[2_499].id] : []))
        }
        try await #expect(
            store.counts(pipeline: "a") == JobCounts(scheduled: 2_500, waiting: 1, done: 1, cancelled: 2_502))
    }

    static func checkSessionEnd(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        let blocker = try store.submit(NewJob(item: "x"), to: other)
        let job = try store.submit(NewJob(item: "y", after: [blocker]), to: run)
        try store.transaction { try $0.add(items: [], to: run.id, progress: .exhausted, at: .sampleStart) }
        func end() throws -> Bool {
            try store.transaction { try $0.endSession(run: run.id, elapsed: .zero, at: .sampleEnd) }
        }
        #expect(try !end())
        // A blocker may be of another pipeline, and its end is told with the run of the job that waits.
        let completion = Completion.sample(of: try await store.record(blocker).job)
        let changes = try #require(try store.transaction { try $0.complete(completion) }).changes
        #expect(changes.map(\.runID) == [run.id] && changes.map(\.pipeline) == ["a"])
        #expect(try !end())
        _ = try store.transaction { try $0.cancel(job, at: .sampleEnd) }
        #expect(try end())
    }

    static func checkBefore(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let priorities = [0, 5, 0, -5, 5, 0]
        let ids = try priorities.map { try store.submit(NewJob(item: "x", priority: $0), to: run) }
        _ = try store.submit(NewJob(item: "later", priority: 9, runAt: .sample(after: .seconds(9))), to: run)
        try store.submit([NewJob(item: "x", priority: 9)], to: store.openRun("b"))
        for (index, expected) in [2, 0, 3, 5, 1, 4].enumerated() {
            let (id, priority) = (ids[index], priorities[index])
            for limit in [1, 3, 10] {
                try await #expect(
                    store.jobsBefore(id, priority: priority, run: run.id, keys: .all, limit: limit)
                        == min(expected, limit))
            }
        }
        try await store.complete(ids[1])
        try await #expect(store.jobsBefore(ids[3], priority: -5, run: run.id, keys: .all, limit: 10) == 4)
    }
}
