import Kata
import Testing

/// Edits, and what jobs have besides.
extension JobChangeBehaviour {
    static func checkEdited(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        for state in [JobState.pending, .scheduled, .waiting] {
            let id = try await store.job(state, in: run)
            let before = try await store.record(id)
            let edit = JobEdit(item: "new", priority: -3, key: .set("k"))
            let change = try store.transaction { try $0.edit(id, edit, at: .sampleEnd) }
            let record = try await store.record(id)
            let new: JobState = state == .pending ? .scheduled : state
            #expect(change.old == state && change.new == new && change.priority == 0 && change.pipeline == "p")
            #expect(record.state == new && record.job.item == "new" && record.itemBytes == 3)
            #expect(record.job.priority == -3 && record.job.key == "k" && record.job.attempt == before.job.attempt)
            #expect(record.runAt == (state == .pending ? .sampleEnd : before.runAt))
            let due = Timestamp.sample(after: .seconds(7_200))
            _ = try store.transaction { try $0.edit(id, JobEdit(runAt: due, key: .set(nil)), at: .sampleEnd) }
            let later = try await store.record(id)
            #expect(later.state == new && later.runAt == due && later.job.key == nil && later.job.item == "new")
        }
        let traces = ["0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c"].map { trace in
            TraceParent("00-\(trace)-b7ad6b7169203331-01")
        }
        var traced = NewJob(item: "x")
        traced.traceParent = traces[0]
        let ofTrace = try store.submit(traced, to: run)
        for (origin, trace) in [
            (JobEdit.Origin.unchanged, traces[0]), (.set(traces[1]), traces[1]), (.set(nil), nil),
            (.set(traces[0]), traces[0]),
        ] {
            var edit = JobEdit(priority: 1)
            edit.origin = origin
            _ = try store.transaction { try $0.edit(ofTrace, edit, at: .sampleEnd) }
            try await #expect(store.record(ofTrace).job.traceParent == trace)
        }
        let pending = try await store.job(.pending, in: run)
        // Put off no further than may be: it stays where it is.
        let edit = JobEdit(runAt: .sampleEnd, longestWait: .zero)
        let change = try store.transaction { try $0.edit(pending, edit, at: .sampleEnd) }
        #expect(change.old == .pending && change.new == .pending)
        try await #expect(store.record(pending).state == .pending)
    }

    static func checkEditRefused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for state in [JobState.done, .failed, .cancelled] {
            let id = try await store.job(state, in: run)
            let before = try await store.record(id)
            #expect(throws: StoreError.wrongState(job: id, state: state, action: "edit")) {
                try store.transaction { try $0.edit(id, JobEdit(item: "new"), at: .sampleEnd) }
            }
            try await #expect(store.record(id) == before)
        }
        #expect(throws: StoreError.unknownJob(99)) {
            try store.transaction { try $0.edit(99, JobEdit(item: "new"), at: .sampleEnd) }
        }
    }

    static func checkCheckpoint(_ store: any JobStore) async throws {
        let run = try store.openRun()
        func save(_ text: String, _ job: Job.ID, attempt: Int = 1) throws {
            try store.transaction { try $0.saveCheckpoint(text, job: job, attempt: attempt) }
        }
        let id = try await store.job(.pending, in: run)
        #expect(try store.transaction { try $0.jobsWithCheckpoints(run: run.id) } == [])
        try save("other attempt", id, attempt: 2)
        try save("finished", try await store.job(.failed, in: run))
        #expect(try store.transaction { try $0.jobsWithCheckpoints(run: run.id) } == [])
        try save("a", id)
        try save("ü\n", id)
        try await #expect(store.checkpoint(job: id) == "ü\n")
        #expect(try store.transaction { try $0.jobsWithCheckpoints(run: run.id) } == [id])
        #expect(try store.transaction { try $0.jobsWithCheckpoints(run: run.id + 1) } == [])
        try await store.complete(id, .cutOff)
        try await #expect(store.checkpoint(job: id) == "ü\n")
        _ = try store.transaction { try $0.edit(id, JobEdit(priority: 1), at: .sampleEnd) }
        try await #expect(store.checkpoint(job: id) == "ü\n")
        _ = try store.transaction { try $0.edit(id, JobEdit(item: "new"), at: .sampleEnd) }
        try await #expect(store.checkpoint(job: id) == nil)
        let done = try await store.job(.pending, in: run)
        try save("x", done)
        var completion = Completion.sample(of: try await store.record(done).job)
        completion.hasCheckpoint = true
        let isTaken = try store.transaction { try $0.completes(completion) }
        #expect(isTaken)
        try await #expect(store.checkpoint(job: done) == nil)
    }

    static func checkCost(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let due = Timestamp.sample(after: .seconds(10))
        for (outcome, peak) in [(Completion.Outcome.retry(reason: "no", at: due), nil), (.done, 5)]
            as [(Completion.Outcome, Int64?)]
        {
            let job = try await store.record(id).job
            let cost = JobCost(userTime: .microseconds(1_234_567), systemTime: .microseconds(89), peakMemory: peak)
            let completion = Completion(
                job: job, consumerID: "c1", outcome: outcome, startedAt: .sample(after: .seconds(13)),
                finishedAt: .sample(after: .seconds(14)), cost: cost)
            let isTaken = try store.transaction { try $0.completes(completion) }
            #expect(isTaken)
            let last = try await store.attempts(job: id).last
            #expect(last?.cost == cost)
            #expect(last?.waited == (peak == nil ? .seconds(13) : .seconds(3)), "since it was stored, or due")
            _ = try store.transaction { try $0.promote(run: run.id, dueBy: due, limit: 9) }
        }
        let other = try store.submit(NewJob(item: "y"), to: run)
        try await store.complete(other)
        let attempt = try await store.attempts(job: other).first
        #expect(attempt?.cost == nil && attempt?.waited == nil)
    }

    static func checkCopies(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        var marked = NewJob(item: "x")
        marked.schedule = ScheduleMark(entry: "nightly")
        let original = try store.submit(marked, to: run)
        try store.transaction { try $0.saveAlarm(original, of: "p", .failure) }
        let plain = try store.submit(NewJob(item: "y"), to: run)
        func copy(of id: Job.ID) throws -> Job.ID {
            var job = NewJob(item: "z")
            job.copyOf = id
            return try store.submit(job, to: run)
        }
        let (first, second) = (try copy(of: original), try copy(of: plain))
        try await #expect(store.record(first).copyOf == original)
        let origins = try store.transaction { [try $0.origin(of: first), try $0.origin(of: second)] }
        #expect(origins[0]?.isAlarm == true && origins[0]?.entry == "nightly")
        #expect(origins[1]?.isAlarm == false && origins[1]?.entry == nil)
        try await #expect(store.scheduleEntries(pipeline: "p").map(\.lastJob) == [first])
    }

    static func checkGathering(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        let id = try store.submit(NewJob(item: "x", runAt: .sampleEnd), to: run)
        try store.transaction { transaction in
            try transaction.saveAlarm(id, of: "p", .failure)
            try transaction.saveGathered(
                GatheredAlarm(
                    job: id, target: "p", dueAt: .sampleEnd, isWaiting: true,
                    failures: GatheredFailures(
                        count: 1, lastAt: .sampleStart, head: "h", examples: "e", exampleCount: 1)), of: "p")
        }
        func edit(_ edit: JobEdit) throws -> JobState {
            try store.transaction { transaction in
                try transaction.attempt { try transaction.edit(id, edit, at: .sampleStart) }
            }.new
        }
        #expect(throws: StoreError.gathersFailures(id)) { try edit(JobEdit(item: "new")) }
        #expect(try edit(JobEdit(priority: 3)) == .scheduled)
        try await #expect(store.record(id).job.item == "x")
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        #expect(try edit(JobEdit(item: "new")) == .scheduled)
    }

    static func checkTags(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        func submit(_ tags: [String]) throws -> Job.ID {
            var job = NewJob(item: "x")
            job.tags = tags
            return try store.submit(job, to: run)
        }
        let ids = [try submit(["b", "a"]), try submit([]), try submit(["a"]), try submit(["ä"])]
        try await store.complete(ids[2], .failed(reason: "no"))
        func find(_ search: JobSearch, before: Job.ID = .max) async throws -> [Job.ID] {
            try await store.search(search, before: before, limit: 9).jobs
        }
        func tagged(_ tag: String, pipeline: String? = nil, _ states: Set<JobState>? = nil) -> JobSearch {
            var search = JobSearch(pipeline: pipeline, states: states)
            search.tag = tag
            return search
        }
        try await #expect(find(tagged("a")) == [ids[2], ids[0]])
        try await #expect(find(tagged("a"), before: ids[2]) == [ids[0]])
        try await #expect(find(tagged("a", pipeline: "p", [.failed])) == [ids[2]])
        try await #expect(find(tagged("a", pipeline: "q")) == [])
        try await #expect(find(tagged("ä")) == [ids[3]])
        try await #expect(store.record(ids[0]).tags == ["a", "b"])
        try await #expect(store.record(ids[1]).tags == [])
    }
}
