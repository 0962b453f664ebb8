import Kata

extension PostgresTransaction {
    /// - Throws: ``StoreError/unknownJob(_:)``.
    func blocking(by jobs: JobIDs, when condition: NewJob.Condition) throws -> JobPlace.Blocking {
        let ids = Array(jobs)
        let states = try states(of: ids)
        var blocking = JobPlace.Blocking()
        for job in ids {
            switch states[job] {
            case nil: throw StoreError.unknownJob(job)
            case .done?: break
            case .pending?, .scheduled?, .waiting?: blocking.jobs.insert(job)
            case .failed?: blocking.note(job, .failed, condition)
            case .cancelled?: blocking.note(job, .cancelled, condition)
            }
        }
        return blocking
    }

    /// The states that jobs are in, which others do not change until this transaction ends: who waits for one of them would miss
    /// its end otherwise.
    func states(of jobs: [Job.ID]) throws -> [Job.ID: JobState] {
        takeOrder()
        let rows = try rows(
            "SELECT id, state FROM job WHERE id = ANY($1) ", [.integers(jobs)]
        ) { ($0.integer(0), JobState(code: $0.integer(1))) }
        return Dictionary(rows) { first, _ in first }
    }

    func insertDependencies(of job: Job.ID, on blockers: Set<Job.ID>, when condition: NewJob.Condition) throws {
        hasDependencies = true
        write(
            "INSERT INTO dependency (job_id, is_patient, blocker_id) SELECT $1, $2, * FROM unnest($3::bigint[])",
            [.integer(job), .boolean(condition == .finished), .integers(blockers.sorted())])
    }

    /// Keeps that a job is cancelled because of another one, which it was to wait for.
    func keepCancelled(_ job: Job.ID, with blocker: Job.ID) throws {
        write(
            """
            INSERT INTO cancelled_with (job_id, blocker_id) VALUES ($1, $2)
            ON CONFLICT (job_id) DO UPDATE SET blocker_id = excluded.blocker_id
            """, [.integer(job), .integer(blocker)])
    }

    func forgetCancelledWith(_ job: Job.ID) {
        write("DELETE FROM cancelled_with WHERE job_id = $1", [.integer(job)])
    }

    func forgetDependencies(of job: Job.ID) {
        write("DELETE FROM dependency WHERE job_id = $1", [.integer(job)])
    }
}

extension JobPlace.Blocking {
    fileprivate mutating func note(_ job: Job.ID, _ state: JobState, _ condition: NewJob.Condition) {
        if condition == .done { end = end ?? (job, state) }
    }
}
