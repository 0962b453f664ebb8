import GRDB
import Kata
import KataTestSupport

@testable import KataSQLite

/// The statements that the store runs for what a daemon does with jobs, as SQLite is given them.
struct TracedStore {
    /// Each of them once, in order.
    let statements: [String]
    private let database: DatabaseQueue

    /// - Parameter path: of a database with the current schema.
    init(path: String) async throws {
        let traced = Notes<String>()
        var configuration = Configuration()
        // As in the store.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            database.trace { event in
                if case .statement(let statement) = event { traced.add(statement.sql) }
            }
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        let run = try await database.write { try Self.write(SQLiteTransaction(database: $0)) }
        try await Self.read(SQLiteReader(path: path) { [database] in database }, run: run)
        let verbs = ["SELECT", "UPDATE", "DELETE", "INSERT"]
        var seen: Set<String> = []
        statements = traced.all.filter { sql in verbs.contains { sql.hasPrefix($0) } && seen.insert(sql).inserted }
    }

    /// How SQLite carries out a statement, step by step.
    func plan(of sql: String) throws -> [String] {
        try database.read { database in
            let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            // The plan is the same for all values.
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
    }

    private static func write(_ transaction: SQLiteTransaction) throws -> Run.ID {
        let time = Timestamp.sampleStart
        let run = try transaction.startRun(pipeline: "a", items: nil, at: time).id
        _ = try transaction.unfinishedRun(pipeline: "a")
        try transaction.add(items: ["0"], to: run, progress: .start, at: time)
        let new = (0..<20).map { NewJob(item: "x", priority: $0 % 3, uniqueKey: "\($0)") }
        var thing = NewJob(item: "x", uniqueKey: "thing 1")
        thing.uniqueStem = "thing "
        let ids = try transaction.submit(
            new + [NewJob(item: "x", runAt: .sampleEnd), thing], to: run, uniqueFor: .seconds(1), at: time
        ).map(\.id)
        _ = try transaction.submission(key: "key", pipeline: "a")
        let submission = Submission(fingerprint: 1, jobs: [SubmittedJob(id: 1)])
        try transaction.saveSubmission(submission, key: "key", pipeline: "a", at: time, forgettingBefore: time)
        try transaction.saveStart(pipeline: "a", key: "key", at: time, forgettingBefore: time)
        _ = try transaction.lastStarts(pipeline: "a", since: time)
        try transaction.markStarted(ids, at: time)
        _ = try transaction.beginSession(run: run)
        transaction.keepUniqueKeys(of: [ids[19]])
        _ = try transaction.submit([new[18]], to: run, uniqueFor: .seconds(1), at: time)
        let outcomes: [Completion.Outcome] = [
            .done, .failed(reason: "no"), .retry(reason: "no", at: time), .cutOff,
            .postponed(reason: "no", at: time),
        ]
        for (id, outcome) in zip(ids, outcomes) {
            _ = try transaction.complete(.sample(of: Job(id: id, runID: run, item: "x"), outcome))
        }
        _ = try transaction.promote(run: run, dueBy: .sampleEnd, limit: 10)
        _ = try transaction.cancel(ids[5], at: time)
        _ = try transaction.retry(ids[5], at: time)
        _ = try transaction.drawBack(run: run, to: time)
        _ = try transaction.retentionClock(pipeline: "a")
        try transaction.saveRetentionClock(RetentionClock(trusted: time), pipeline: "a")
        _ = try transaction.drawBackEnds(of: ids, after: time, to: time)
        let piece = OutputPiece(stream: .out, position: 3, printedAt: time, bytes: [1])
        for (job, end) in [(ids[6], nil), (ids[7], nil), (ids[6], time)] {
            let update = OutputUpdate(
                job: job, attempt: 1, consumerID: "c1", beganAt: time, endedAt: end, holdsKept: false, printed: 4,
                kept: 1,
                gap: 0..<3, pieces: [piece])
            try transaction.save(update, total: 1)
        }
        _ = try transaction.prune(ids, PruneSelection(pipeline: "a", state: .cancelled, finishedBefore: .sampleEnd))
        try transaction.setPaused(true, pipeline: "a", at: time)
        _ = try transaction.origin(of: ids[0])
        try transaction.saveAlarm(ids[0], of: "a", .failure)
        _ = try transaction.gatheredAlarm(of: "a")
        let failures = GatheredFailures(count: 1, lastAt: time, head: "", examples: "", exampleCount: 0)
        try transaction.saveGathered(
            GatheredAlarm(job: ids[0], target: "a", dueAt: time, isWaiting: true, failures: failures), of: "a")
        try transaction.extendAlarm(of: "a", failures, item: "x")
        try transaction.noteFailure(of: ids[0], scope: "", pipeline: "a", at: time)
        _ = try transaction.hasOpenFailures(pipeline: "a")
        _ = try transaction.takeOpenFailure(scope: "", pipeline: "a")
        _ = try transaction.expectations(scopes: [""], pipeline: "a", at: time)
        try transaction.noteOverdue(scope: "", pipeline: "a")
        try transaction.noteSuccess(scope: "", pipeline: "a", at: time)
        try transaction.setPaused(false, entry: "e", pipeline: "a", at: time)
        var entry = NewJob(item: "x")
        entry.schedule = ScheduleMark(entry: "e", overlap: .skip)
        _ = try transaction.submit([entry], to: run, uniqueFor: .zero, at: time)
        _ = try transaction.endSession(run: run, elapsed: .zero, at: time)
        try transaction.reopenRun(run)
        try transaction.writeCounters()
        return run
    }

    /// What a feed and a status ask for.
    private static func read(_ reader: SQLiteReader, run: Run.ID) async throws {
        _ = try await reader.pendingPriorities(run: run)
        _ = try await reader.pendingJobs(run: run, priority: 0, after: 0, limit: 10)
        for keys in [JobKeys.only("k"), .except(["k"])] {
            _ = try await reader.pendingJobs(run: run, priority: 0, keys: keys, after: 0, through: 9, limit: 10)
            _ = try await reader.jobsBefore(9, priority: 0, run: run, keys: keys, limit: 10)
        }
        _ = try await reader.lastPendingJob(run: run, priority: 0)
        _ = try await reader.nextDue(run: run)
        _ = try await reader.unfinishedRun(pipeline: "a")
        _ = try await reader.unfinishedRuns()
        _ = try await reader.latestRun(pipeline: "a")
        _ = try await reader.counts(pipeline: "a")
        _ = try await reader.isPaused(pipeline: "a")
        _ = try await reader.job(1)
        _ = try await reader.attempts(job: 1)
        _ = try await reader.lastDurations(jobs: [1])
        _ = try await reader.details([1, 2])
        _ = try await reader.jobsCancelled(with: 1, after: 0, limit: 10)
        _ = try await reader.latestResultID()
        _ = try await reader.outputs(job: 1, after: 0, limit: 10)
        _ = try await reader.outputPieces(1, from: 2)
        var search = JobSearch(states: [.failed])
        search.item = "x"
        _ = try await reader.search(search, before: 9, limit: 10)
        search = JobSearch(states: [.done])
        search.unique = "1"
        search.error = "x"
        _ = try await reader.search(search, before: 9, limit: 10)
        search = JobSearch(pipeline: "a", states: [.done])
        search.key = "x"
        _ = try await reader.search(search, before: 9, limit: 10)
        for state in [JobState.scheduled, .pending, .done] {
            _ = try await reader.search(JobSearch(states: [state]), before: .max, limit: 10)
        }
        var ofKey = JobSearch(states: [.pending])
        ofKey.key = "k"
        _ = try await reader.search(ofKey, before: .max, limit: 10)
        _ = try await reader.dependents(job: 1, limit: 10)
        search.group = "x"
        _ = try await reader.search(search, before: 9, limit: 10)
        _ = try await reader.scheduleEntries(pipeline: "a")
    }
}
