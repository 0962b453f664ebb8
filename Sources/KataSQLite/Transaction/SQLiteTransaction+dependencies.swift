import GRDB
import Kata

extension SQLiteTransaction {
    /// What stands in the way of a job.
    struct Blocking {
        /// The jobs to wait for: those that are not finished.
        var jobs: Set<Job.ID> = []
        /// The first job because of which they will never all be done, where they have to be, and how it ended; `nil` if they
        /// may.
        var end: (job: Job.ID, state: JobState)?
    }

    /// - Throws: ``StoreError/unknownJob(_:)``.
    func blocking(by jobs: JobIDs, when condition: NewJob.Condition) throws -> Blocking {
        let query = try SQLStatement("SELECT state FROM job WHERE id = ?1", in: database)
        var blocking = Blocking()
        for job in jobs {
            query.bind(job, at: 1)
            guard let state = try query.rows({ JobState(code: $0.integer(0)) }).first else {
                throw StoreError.unknownJob(job)
            }
            switch state {
            case .done: break
            case .pending, .scheduled, .waiting: blocking.jobs.insert(job)
            case .failed, .cancelled:
                if condition == .done { blocking.end = blocking.end ?? (job, state) }
            }
        }
        return blocking
    }

    func insertDependencies(
        of job: Job.ID, on blockers: Set<Job.ID>, when condition: NewJob.Condition
    ) throws {
        hasDependencies = true
        let insert = try SQLStatement(
            "INSERT INTO dependency (blocker_id, job_id, is_patient) VALUES (?1, ?2, ?3)", in: database)
        insert.bind(job, at: 2)
        insert.bind(condition == .finished ? 1 : 0, at: 3)
        // In order of id, which is the order of the table.
        for blocker in blockers.sorted() {
            insert.bind(blocker, at: 1)
            try insert.execute()
        }
    }

    /// Keeps that a job is cancelled because of another one, which it was to wait for.
    func keepCancelled(_ job: Job.ID, with blocker: Job.ID) throws {
        let insert = try SQLStatement(
            "INSERT OR REPLACE INTO cancelled_with (job_id, blocker_id) VALUES (?1, ?2)", in: database)
        insert.bind(job, at: 1)
        insert.bind(blocker, at: 2)
        try insert.execute()
    }

    func forgetCancelledWith(_ job: Job.ID) throws {
        let delete = try SQLStatement("DELETE FROM cancelled_with WHERE job_id = ?1", in: database)
        delete.bind(job, at: 1)
        try delete.execute()
    }

    func forgetDependencies(of job: Job.ID) throws {
        let delete = try SQLStatement("DELETE FROM dependency WHERE job_id = ?1", in: database)
        delete.bind(job, at: 1)
        try delete.execute()
    }
}
