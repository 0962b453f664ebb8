public import Kata
import Testing

/// What every ``JobStore`` must do with jobs that tell of others, and with entries of schedules.
public enum AlarmBehaviour: String, StoreBehaviour {
    case origin = "what is known of a job tells alarms and jobs of entries from others"
    case gathered = "an alarm that waits for its time takes more failures, and no other one does"
    case openFailures = "failures are counted until there is a success of their scope"
    case expected = "a success is expected from when it is asked for first, or else from the last one on"
    case skipped = "a job of an entry is not added while the one before is not finished, if it is to be skipped"
    case queued = "a job of an entry waits for the one before, whatever becomes of it, if it is to be queued"
    case allowed = "a job of an entry is added beside the one before, if that is allowed"
    case paused = "an entry that is paused makes no jobs, but for one that somebody asks for"
    case pruned = "an entry knows its latest job, also when that is forgotten"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .origin: try Self.checkOrigin(store)
        case .gathered: try await Self.checkGathered(store)
        case .openFailures: try Self.checkOpenFailures(store)
        case .expected: try Self.checkExpected(store)
        case .skipped: try await Self.checkSkipped(store)
        case .queued: try await Self.checkQueued(store)
        case .allowed: try await Self.checkAllowed(store)
        case .paused: try await Self.checkPaused(store)
        case .pruned: try await Self.checkPruned(store)
        }
    }

    private static func checkOrigin(_ store: any JobStore) throws {
        let run = try store.openRun()
        let ids = try store.submit([NewJob(item: "x"), NewJob(item: "y"), job(of: "e")], to: run).map(\.id)
        try store.transaction { try $0.saveAlarm(ids[1], of: "told", .failure) }
        let origins = try store.transaction { transaction in try ids.map { try transaction.origin(of: $0) } }
        #expect(origins.map(\.?.isAlarm) == [false, true, false])
        #expect(origins.map(\.?.entry) == [nil, nil, "e"])
        #expect(origins.map(\.?.createdAt) == Array(repeating: .sampleStart, count: 3))
        #expect(try store.transaction { try $0.origin(of: 99) } == nil)
    }

    private static func checkGathered(_ store: any JobStore) async throws {
        let run = try store.openRun("target")
        #expect(try store.transaction { try $0.gatheredAlarm(of: "told") } == nil)
        let id = try store.submit(NewJob(item: "old", runAt: .sampleEnd), to: run)
        var failures = GatheredFailures(count: 1, lastAt: .sampleStart, head: "h", examples: "e", exampleCount: 1)
        try store.transaction { transaction in
            try transaction.saveAlarm(id, of: "told", .failure)
            try transaction.saveGathered(
                GatheredAlarm(job: id, target: "target", dueAt: .sampleEnd, isWaiting: true, failures: failures),
                of: "told")
        }
        failures.count = 2
        failures.lastAt = .sampleEnd
        failures.examples = "e,f"
        failures.exampleCount = 2
        try store.transaction { [failures] in try $0.extendAlarm(of: "told", failures, item: "new") }
        let alarm = try store.transaction { try $0.gatheredAlarm(of: "told") }
        #expect(
            alarm
                == GatheredAlarm(job: id, target: "target", dueAt: .sampleEnd, isWaiting: true, failures: failures))
        let promoted = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 9) }
        #expect(promoted.map(\.item) == ["new"])
        #expect(try store.transaction { try $0.gatheredAlarm(of: "told") }?.isWaiting == false)
        try store.transaction { [failures] in try $0.extendAlarm(of: "told", failures, item: "too late") }
        try await #expect(store.record(id).job.item == "new")
        #expect(try store.transaction { try $0.gatheredAlarm(of: "other") } == nil)
    }

    private static func checkOpenFailures(_ store: any JobStore) throws {
        try store.transaction { transaction in
            try transaction.noteFailure(of: 1, scope: "", pipeline: "a", at: .sampleStart)
            try transaction.noteFailure(of: 2, scope: "", pipeline: "a", at: .sampleEnd)
            try transaction.noteFailure(of: 3, scope: "key k", pipeline: "a", at: .sampleEnd)
        }
        try store.transaction { transaction in
            #expect(try transaction.hasOpenFailures(pipeline: "a"))
            #expect(try !transaction.hasOpenFailures(pipeline: "b"))
            #expect(try transaction.takeOpenFailure(scope: "", pipeline: "b") == nil)
            let failure = try transaction.takeOpenFailure(scope: "", pipeline: "a")
            #expect(failure == OpenFailure(job: 2, since: .sampleStart, count: 2))
            #expect(try transaction.takeOpenFailure(scope: "", pipeline: "a") == nil)
            #expect(try transaction.hasOpenFailures(pipeline: "a"))
            #expect(try transaction.takeOpenFailure(scope: "key k", pipeline: "a")?.job == 3)
            #expect(try !transaction.hasOpenFailures(pipeline: "a"))
        }
    }

    private static func checkExpected(_ store: any JobStore) throws {
        try store.transaction { transaction in
            let first = try transaction.expectations(scopes: ["b", "a"], pipeline: "p", at: .sampleStart)
            #expect(first.map(\.scope) == ["b", "a"] && first.allSatisfy { $0.since == .sampleStart && !$0.isTold })
            try transaction.noteOverdue(scope: "a", pipeline: "p")
            try transaction.noteOverdue(scope: "a", pipeline: "other")
            let later = try transaction.expectations(scopes: ["b", "a"], pipeline: "p", at: .sampleEnd)
            #expect(later.map(\.isTold) == [false, true] && later.allSatisfy { $0.since == .sampleStart })
            try transaction.noteSuccess(scope: "a", pipeline: "p", at: .sampleEnd)
            try transaction.noteSuccess(scope: "c", pipeline: "p", at: .sampleEnd)
            let last = try transaction.expectations(scopes: ["a", "c"], pipeline: "p", at: .sampleStart)
            #expect(last == ["a", "c"].map { Expectation(scope: $0, since: .sampleEnd, isTold: false) })
        }
    }

    private static func checkSkipped(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let first = try store.submit(job(of: "e", .skip), to: run)
        #expect(try store.submit([job(of: "e", .skip)], to: run) == [SubmittedJob(id: first, isDuplicate: true)])
        #expect(try !store.submit([job(of: "other", .skip)], to: run)[0].isDuplicate)
        try await store.complete(first, .failed(reason: "no"))
        #expect(try !store.submit([job(of: "e", .skip)], to: run)[0].isDuplicate)
    }

    private static func checkQueued(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try store.submit(Array(repeating: job(of: "e", .queue), count: 3), to: run)
        #expect(ids.map(\.state) == [.pending, .waiting, .waiting])
        try await #expect(store.blockers(job: ids[2].id) == [ids[1].id])
        try await store.complete(ids[0].id, .failed(reason: "no"))
        try await #expect(store.record(ids[1].id).state == .scheduled)
        try await #expect(store.record(ids[2].id).state == .waiting)
    }

    private static func checkAllowed(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try store.submit(Array(repeating: job(of: "e"), count: 2), to: run)
        #expect(ids.map(\.state) == [.pending, .pending])
        let state = try await store.scheduleEntries(pipeline: "a")
        #expect(state.map(\.entry) == ["e"] && state[0].lastJob == ids[1].id && state[0].lastState == .pending)
    }

    private static func checkPaused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        try store.transaction { try $0.setPaused(true, entry: "e", pipeline: "a", at: .sampleStart) }
        try store.transaction { try $0.setPaused(true, entry: "e", pipeline: "a", at: .sampleEnd) }
        try await #expect(
            store.scheduleEntries(pipeline: "a") == [ScheduleEntryState(entry: "e", pausedAt: .sampleStart)])
        #expect(try store.submit([job(of: "e")], to: run) == [SubmittedJob(id: 0, isDuplicate: true)])
        var asked = job(of: "e")
        asked.schedule = ScheduleMark(entry: "e", isAskedFor: true)
        let id = try store.submit(asked, to: run)
        try await #expect(store.scheduleEntries(pipeline: "a").map(\.lastJob) == [id])
        try await #expect(store.scheduleEntries(pipeline: "a").map(\.pausedAt) == [.sampleStart])
        try store.transaction { try $0.setPaused(false, entry: "e", pipeline: "a", at: .sampleEnd) }
        #expect(try !store.submit([job(of: "e")], to: run)[0].isDuplicate)
        try await #expect(store.scheduleEntries(pipeline: "b") == [])
    }

    private static func checkPruned(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(job(of: "e"), to: run)
        try store.transaction { try $0.saveAlarm(id, of: "told", .recovery) }
        try await store.complete(id, .failed(reason: "no"))
        _ = try store.submit(NewJob(item: "the latest"), to: run)
        let last = try await store.scheduleEntries(pipeline: "a")
        #expect(last.map(\.lastState) == [.failed] && last[0].lastError == "no" && last[0].lastFinishedAt != nil)
        let selection = PruneSelection(
            pipeline: "a", state: .failed, finishedBefore: Timestamp.sampleEnd.advanced(by: .seconds(1)))
        #expect(try store.transaction { try $0.prune([id], selection) } == 1)
        try await #expect(
            store.scheduleEntries(pipeline: "a") == [ScheduleEntryState(entry: "e", lastJob: id)])
        #expect(try !store.submit([job(of: "e", .skip)], to: run)[0].isDuplicate)
    }

    private static func job(of entry: String, _ overlap: ScheduleMark.Overlap = .allow) -> NewJob {
        var job = NewJob(item: entry)
        job.schedule = ScheduleMark(entry: entry, overlap: overlap)
        return job
    }
}
