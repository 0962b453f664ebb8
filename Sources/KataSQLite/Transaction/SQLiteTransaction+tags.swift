import GRDB
import Kata

/// What a job has besides its columns.
extension SQLiteTransaction {
    func insertTags(_ tags: [String], of job: Job.ID) throws {
        let insert = try SQLStatement("INSERT INTO job_tag (job_id, tag) VALUES (?1, ?2)", in: database)
        insert.bind(job, at: 1)
        for tag in tags {
            insert.bind(tag, at: 2)
            try insert.execute()
        }
    }

    func insertTrace(_ trace: TraceParent, of job: Job.ID) throws {
        let insert = try SQLStatement("INSERT INTO job_trace (job_id, traceparent) VALUES (?1, ?2)", in: database)
        insert.bind(job, at: 1)
        insert.bind(trace.text, at: 2)
        try insert.execute()
    }

    func replaceTrace(_ trace: TraceParent?, of job: Job.ID) throws {
        let delete = try SQLStatement("DELETE FROM job_trace WHERE job_id = ?1", in: database)
        delete.bind(job, at: 1)
        try delete.execute()
        if let trace { try insertTrace(trace, of: job) }
    }

    /// Keeps whose copy a job is. If the original tells of others, or is of an entry of a schedule, so does and is the copy.
    func insertCopy(_ job: Job.ID, of original: Job.ID, run: Run.ID) throws {
        for insert in [
            "INSERT INTO job_copy (job_id, copy_of) VALUES (?1, ?2)",
            "INSERT INTO alarm (job_id, pipeline_id, kind) SELECT ?1, pipeline_id, kind FROM alarm WHERE job_id = ?2",
        ] {
            let statement = try SQLStatement(insert, in: database)
            statement.bind(job, at: 1)
            statement.bind(original, at: 2)
            try statement.execute()
        }
        if let entry = try origin(of: original)?.entry { try keep(job, of: entry, run: run) }
    }
}
