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
            var verdict = ScheduleVerdict.nothing
            if let mark = job.schedule { verdict = try self.verdict(on: mark, run: run) }
            var condition = job.when
            let blocking: Blocking
            switch verdict {
            case .left(let other):
                submitted.append(SubmittedJob(id: other, state: nil))
                continue
            case .behind(let other):
                condition = .finished
                blocking = Blocking(jobs: [other])
            case .nothing:
                blocking = job.after.ranges.isEmpty ? Blocking() : try self.blocking(by: job.after, when: job.when)
            }
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
            if state == .waiting { try insertDependencies(of: id, on: blocking.jobs, when: condition) }
            if let entry = job.schedule?.entry { try keep(id, of: entry, run: run) }
            if !job.tags.isEmpty { try insertTags(job.tags, of: id) }
            if let trace = job.traceParent { try insertTrace(trace, of: id) }
            if let original = job.copyOf { try insertCopy(id, of: original, run: run) }
            submitted.append(SubmittedJob(id: id, state: state))
        }
        for (state, jobs) in Dictionary(grouping: submitted, by: \.state) {
            if let state { countAdded(jobs.count, as: state, run: run) }
        }
        return submitted
    }
}
