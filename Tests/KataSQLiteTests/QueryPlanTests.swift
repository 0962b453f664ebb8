import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("How the SQLite store finds")
struct QueryPlanTests {
    private let directory: TemporaryDirectory
    private let store: TracedStore

    init() async throws {
        directory = try TemporaryDirectory()
        try SQLiteJobStore(path: directory.path("kata.db")).close()
        store = try await TracedStore(path: directory.path("kata.db"))
    }

    @Test("jobs to claim: by the index of pending jobs, in its order")
    func claims() throws {
        try expect("state = 0 AND id > ?3", "SEARCH job USING INDEX job_pending (run_id=? AND priority=? AND rowid>?)")
        try expect(
            "SELECT max(priority)", "INDEX job_pending (run_id=? AND priority<?)")
    }

    @Test("jobs of a key to claim: by its index, in its order; jobs of others: by the index of pending jobs")
    func claimsByKey() throws {
        let bounds = "rowid>? AND rowid<?"
        try expect(
            "limit_key = ?6\nORDER BY id",
            "SEARCH job USING INDEX job_pending_of_key (run_id=? AND limit_key=? AND priority=? AND \(bounds))")
        let others = try plan("json_each(?6)))\nORDER BY id")
        #expect(
            others.first == "SEARCH job USING INDEX job_pending (run_id=? AND priority=? AND \(bounds))", "\(others)")
        try expect("SELECT max(id) FROM job WHERE run_id", "INDEX job_pending (run_id=? AND priority=?)")
        let before = try plan("AND id < ?3 AND limit_key = ?5")
        #expect(before.contains { $0.contains("job_pending_of_key (run_id=? AND limit_key=? AND priority>?)") })
        #expect(before.contains { $0.contains("(run_id=? AND limit_key=? AND priority=? AND rowid<?)") })
    }

    @Test("beginnings that are old by their age, and those of a pipeline by it")
    func starts() throws {
        try expect("DELETE FROM start", "INDEX start_age (pipeline_id=? AND started_at<?)")
        let starts = try plan("SELECT key, started_at FROM start")
        #expect(starts.first?.contains("INDEX start_age (pipeline_id=? AND started_at>?)") ?? false, "\(starts)")
    }

    @Test("jobs that are due: by the index of scheduled jobs, in its order")
    func due() throws {
        try expect("SELECT min(run_at)", "INDEX job_scheduled (run_id=?")
        try expect("run_at <= ?2", "INDEX job_scheduled (run_id=?")
    }

    @Test("jobs that a clock put off which was ahead: by the index of those that were put off")
    func putOff() throws {
        try expect("UPDATE job SET run_at = ?2 + max", "INDEX job_put_off (run_id=? AND put_off_at>?)")
        let keys = try plan("UPDATE submission SET created_at")
        #expect(keys.contains { $0.contains("INDEX submission_age (created_at>?)") }, "\(keys)")
    }

    @Test("jobs of a unique key: by its index")
    func unique() throws {
        let open = try plan("unique_key = ?1 AND state <> 2 AND state <> 3 AND state <> 4")
        #expect(open.contains("SEARCH job USING INDEX job_unique_open (unique_key=?)"), "\(open)")
        let thing = try plan("unique_key >= ?1 AND unique_key < ?3")
        #expect(thing.contains("SEARCH job USING INDEX job_unique_open (unique_key>? AND unique_key<?)"), "\(thing)")
        let finished = try plan("unique_key = ?1 AND state IN (2, 3)")
        #expect(finished.contains("SEARCH job USING INDEX job_unique (unique_key=?)"), "\(finished)")
    }

    @Test("jobs that were cancelled with another one: by the index of those")
    func cancelledWith() throws {
        try expect("FROM cancelled_with WHERE blocker_id", "INDEX cancelled_with_blocker (blocker_id=? AND rowid>?)")
    }

    @Test("jobs that are searched for: by the index of a unique key or of a rare state, or else from the latest one on")
    func searched() throws {
        let failed = try plan("ELSE job.item END, ?8) > 0) FROM job")
        #expect(failed == ["SEARCH job USING INDEX job_failed (id<?)"], "\(failed)")
        let unique = try plan("instr(job.error, ?9) > 0) FROM job")
        #expect(unique == ["SEARCH job USING INDEX job_unique (unique_key=? AND rowid<?)"], "\(unique)")
        let other = try plan("job.limit_key = ?6) FROM job")
        #expect(other.first == "SEARCH job USING INTEGER PRIMARY KEY (rowid<?)", "\(other)")
        #expect(!other.contains { $0.contains("TEMP B-TREE") }, "\(other)")
        let scheduled = try plan("INDEXED BY job_scheduled")
        #expect(scheduled.first == "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)", "\(scheduled)")
        #expect(scheduled.contains { $0.contains("job_scheduled (run_id=?") }, "\(scheduled)")
        let pending = try plan("job INDEXED BY job_pending WHERE")
        #expect(pending.contains { $0.contains("job_pending (run_id=? AND priority=? AND rowid<?)") }, "\(pending)")
        #expect(!pending.contains { $0.contains("TEMP B-TREE") }, "\(pending)")
        let ofKey = try plan("INDEXED BY job_pending_of_key WHERE")
        #expect(
            ofKey.contains { $0.contains("job_pending_of_key (run_id=? AND limit_key=? AND priority=? AND rowid<?)") },
            "\(ofKey)")
        #expect(!ofKey.contains { $0.contains("TEMP B-TREE") }, "\(ofKey)")
        let done = try plan("FROM result CROSS JOIN job")
        #expect(
            done == [
                "SEARCH result USING INTEGER PRIMARY KEY (rowid<?)", "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)",
            ], "\(done)")
        let group = try plan("pipeline.name, error FROM job")
        #expect(group.first?.hasPrefix("SEARCH job ") ?? false, "\(group)")
        #expect(!group.contains { $0.contains("TEMP B-TREE") }, "\(group)")
    }

    @Test("jobs that were in hand: by their index")
    func started() throws {
        try expect("UPDATE job SET interruptions = interruptions + 1, started_at = NULL\nWHERE run_id", "job_started")
    }

    @Test("what was submitted under a key by that, and what is to be forgotten by its age")
    func idempotency() throws {
        let lookup = try plan("SELECT fingerprint")
        #expect(lookup.contains { $0.contains("USING PRIMARY KEY (pipeline_id=? AND key=?)") }, "\(lookup)")
        try expect("DELETE FROM submission", "INDEX submission_age (created_at<?)")
    }

    @Test("what jobs have printed: by the job, and its pieces by their places")
    func outputs() throws {
        // Few are sorted.
        let outputs = try plan("FROM job_output\nWHERE job_id")
        #expect(outputs.first?.contains("INDEX job_output_of_job (job_id=?)") ?? false, "\(outputs)")
        try expect("began_at = ?2", "INDEX job_output_of_job (job_id=? AND began_at=?)")
        try expect("kept > 0 AND id <> ?2", "INDEX job_output_kept (pipeline_id=?)")
        try expect("position >= ?2 AND", "INDEX job_output_piece_of_output (output_id=? AND position>? AND position<?)")
        let pieces = try plan("SELECT stream, position")
        #expect(pieces.first?.contains("job_output_piece_of_output (output_id=? AND position>?)") ?? false, "\(pieces)")
    }

    @Test("everything that a daemon asks for, without going through all jobs, attempts or results")
    func scansNothing() throws {
        #expect(store.statements.count > 25, "too little was traced to show anything")
        for sql in store.statements {
            let scans = try store.plan(of: sql).filter { step in
                [
                    "job", "attempt", "result", "submission", "start", "job_output", "job_output_piece",
                ].contains { "\(step) ".hasPrefix("SCAN \($0) ") }
            }
            #expect(scans.isEmpty, "\(sql)")
        }
    }

    /// Checks that the statement with that text in it is carried out in one step, which has this in it.
    private func expect(_ part: String, _ step: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let plan = try plan(part)
        #expect(plan.count == 1 && plan[0].contains(step), "\(plan)", sourceLocation: sourceLocation)
    }

    private func plan(_ part: String) throws -> [String] {
        let sql = try #require(store.statements.first { $0.contains(part) }, "nothing with '\(part)' was traced")
        return try store.plan(of: sql)
    }
}
