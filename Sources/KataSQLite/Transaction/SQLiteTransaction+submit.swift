import GRDB
import Kata

extension SQLiteTransaction {
    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws {
        let (cursor, isExhausted): (String?, Bool) =
            switch progress {
            case .start: (nil, false)
            case .at(let cursor): (cursor, false)
            case .exhausted: (nil, true)
            }
        try database.execute(
            sql: "UPDATE run SET source_cursor = ?, source_exhausted = ? WHERE id = ?",
            arguments: [cursor, isExhausted, run]
        )
        if database.changesCount == 0 { throw StoreError.unknownRun(run) }
        let insert = try SQLStatement("INSERT INTO job (run_id, created_at, item) VALUES (?1, ?2, ?3)", in: database)
        insert.bind(run, at: 1)
        insert.bind(time.milliseconds, at: 2)
        for item in items {
            insert.bind(item, at: 3)
            try insert.execute()
        }
        countAdded(items.count, as: .pending, run: run)
    }

    func submit(_ jobs: [NewJob], to run: Run.ID, uniqueFor: Duration, at time: Timestamp) throws -> [SubmittedJob] {
        let insert = try SQLStatement(
            """
            INSERT INTO job (run_id, created_at, item, state, priority, run_at, unique_key, max_attempts, timeout_ms,
                limit_key, blockers, error, finished_at, put_off_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """, in: database
        )
        let known = try SQLStatement("SELECT 1 FROM run WHERE id = ?1", in: database)
        known.bind(run, at: 1)
        if try known.rows({ _ in () }).isEmpty { throw StoreError.unknownRun(run) }
        insert.bind(run, at: 1)
        insert.bind(time.milliseconds, at: 2)
        var submitted: [SubmittedJob] = []
        submitted.reserveCapacity(jobs.count)
        for job in jobs {
            if let key = job.uniqueKey,
                let other = try findUnique(key, run: run, at: time, uniqueFor: uniqueFor)
                    ?? findOpen(sameThingAs: job, run: run)
            {
                submitted.append(SubmittedJob(id: other, state: nil))
                continue
            }
            let blocking = job.after.ranges.isEmpty ? Blocking() : try blocking(by: job.after, when: job.when)
            let isPutOff = job.runAt.map { $0 > time } ?? false
            var state: JobState = isPutOff ? .scheduled : .pending
            if blocking.end != nil { state = .cancelled } else if !blocking.jobs.isEmpty { state = .waiting }
            if job.failure != nil { state = .failed }
            insert.bind(job.item, at: 3)
            insert.bind(state.code, at: 4)
            insert.bind(Int64(job.priority), at: 5)
            insert.bind(job.runAt?.milliseconds, at: 6)
            insert.bind(job.uniqueKey, at: 7)
            insert.bind(job.maxAttempts.map(Int64.init), at: 8)
            insert.bind(job.timeout?.milliseconds, at: 9)
            insert.bind(job.key, at: 10)
            insert.bind(Int64(state == .waiting ? blocking.jobs.count : 0), at: 11)
            insert.bind(job.failure ?? blocking.end.map { StoreError.blockerReason($0.job, $0.state) }, at: 12)
            insert.bind(state.isFinal ? time.milliseconds : nil, at: 13)
            insert.bind(isPutOff && !state.isFinal ? time.milliseconds : nil, at: 14)
            try insert.execute()
            let id = database.lastInsertedRowID
            if state == .cancelled, let blocker = blocking.end?.job { try keepCancelled(id, with: blocker) }
            if state == .waiting { try insertDependencies(of: id, on: blocking.jobs, when: job.when) }
            submitted.append(SubmittedJob(id: id, state: state))
        }
        for (state, jobs) in Dictionary(grouping: submitted, by: \.state) {
            if let state { countAdded(jobs.count, as: state, run: run) }
        }
        return submitted
    }

    /// A thousand years. Sums with it do not overflow.
    private static let longestUniqueness: Int64 = 1_000 * 366 * 86_400_000

    /// The job with that unique key because of which another one is not added; `nil` if there is none.
    private func findUnique(_ key: String, run: Run.ID, at time: Timestamp, uniqueFor: Duration) throws -> Job.ID? {
        if let id = try findOpen(uniqueKey: key, run: run) ?? findHeld(uniqueKey: key, run: run) { return id }
        // Only the latest of the finished jobs: those before it were finished before it was added.
        let finished = try SQLStatement(
            """
            SELECT job.id, coalesce(job.finished_at, result.finished_at) BETWEEN ?3 + 1 AND ?4
            FROM job LEFT JOIN result ON result.id = job.result_id
            WHERE unique_key = ?1 AND state IN (2, 3) AND job.\(Self.isOfSamePipeline) ORDER BY job.id DESC LIMIT 1
            """, in: database
        )
        finished.bind(key, at: 1)
        finished.bind(run, at: 2)
        let milliseconds = min(uniqueFor.milliseconds, Self.longestUniqueness)
        finished.bind(time.milliseconds - milliseconds, at: 3)
        // What a clock that was ahead has recorded holds nothing up for longer than that, either.
        finished.bind(time.milliseconds + max(milliseconds, Timestamp.clockTolerance.milliseconds), at: 4)
        return try finished.rows { $0.integer(1) != 0 ? $0.integer(0) : nil }.first ?? nil
    }

    /// The unfinished job with that unique key in the pipeline of that run.
    func findOpen(uniqueKey key: String, run: Run.ID) throws -> Job.ID? {
        let query = try SQLStatement(
            """
            SELECT id FROM job WHERE unique_key = ?1 AND state <> 2 AND state <> 3 AND state <> 4
                AND \(Self.isOfSamePipeline) ORDER BY id DESC LIMIT 1
            """, in: database
        )
        query.bind(key, at: 1)
        query.bind(run, at: 2)
        return try query.rows { $0.integer(0) }.first
    }

    /// The cancelled job with that unique key in the pipeline of that run that a handler may still have in hand.
    ///
    /// - Parameter job: is not looked at.
    func findHeld(uniqueKey key: String, run: Run.ID, except job: Job.ID? = nil) throws -> Job.ID? {
        if heldJobs.isEmpty { return nil }
        let query = try SQLStatement(
            "SELECT 1 FROM job WHERE id = ?3 AND unique_key = ?1 AND state = 4 AND \(Self.isOfSamePipeline)",
            in: database)
        query.bind(key, at: 1)
        query.bind(run, at: 2)
        return try heldJobs.first { held in
            query.bind(held, at: 3)
            return try held != job && !query.rows { _ in () }.isEmpty
        }
    }

    /// The unfinished job in the pipeline of that run that is about the same thing as a new one, as its
    /// ``NewJob/uniqueStem`` says.
    private func findOpen(sameThingAs job: NewJob, run: Run.ID) throws -> Job.ID? {
        guard let stem = job.uniqueStem else { return nil }
        let query = try SQLStatement(
            """
            SELECT id FROM job WHERE unique_key >= ?1 AND unique_key < ?3 AND state <> 2 AND state <> 3 AND state <> 4
                AND item = ?4 AND \(Self.isOfSamePipeline) ORDER BY id DESC LIMIT 1
            """, in: database
        )
        query.bind(stem, at: 1)
        query.bind(run, at: 2)
        // Behind every text that begins so.
        query.bind(stem + "\u{10FFFF}", at: 3)
        query.bind(job.item, at: 4)
        return try query.rows { $0.integer(0) }.first
    }

    /// Whether a job's run is of the same pipeline as the run `?2`.
    private static let isOfSamePipeline = """
        run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT pipeline_id FROM run WHERE id = ?2))
        """

    func submission(key: String, pipeline: String) throws -> Submission? {
        let query = try SQLStatement(
            """
            SELECT fingerprint, job_ids FROM submission JOIN pipeline ON pipeline.id = pipeline_id
            WHERE name = ?1 AND key = ?2
            """, in: database
        )
        query.bind(pipeline, at: 1)
        query.bind(key, at: 2)
        return try query.rows { row in
            Submission(fingerprint: row.integer(0), jobs: SubmittedJobList(text: row.text(1)).jobs)
        }.first
    }

    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws {
        let forget = try SQLStatement("DELETE FROM submission WHERE created_at < ?1", in: database)
        forget.bind(expiry.milliseconds, at: 1)
        try forget.execute()
        let insert = try SQLStatement(
            """
            INSERT OR REPLACE INTO submission (pipeline_id, key, fingerprint, job_ids, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, in: database
        )
        insert.bind(try pipelineID(of: pipeline), at: 1)
        insert.bind(key, at: 2)
        insert.bind(submission.fingerprint, at: 3)
        insert.bind(SubmittedJobList(jobs: submission.jobs).text, at: 4)
        insert.bind(time.milliseconds, at: 5)
        try insert.execute()
    }
}
