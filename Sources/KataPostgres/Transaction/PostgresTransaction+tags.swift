import Kata

/// What a job has besides its columns.
extension PostgresTransaction {
    func insertTags(_ tags: [String], of job: Job.ID) throws {
        write("INSERT INTO job_tag (job_id, tag) SELECT $1, * FROM unnest($2::text[])", [.integer(job), .texts(tags)])
    }

    func insertTrace(_ trace: TraceParent, of job: Job.ID) throws {
        write("INSERT INTO job_trace (job_id, traceparent) VALUES ($1, $2)", [.integer(job), .text(trace.text)])
    }

    func replaceTrace(_ trace: TraceParent?, of job: Job.ID) throws {
        write("DELETE FROM job_trace WHERE job_id = $1", [.integer(job)])
        if let trace { try insertTrace(trace, of: job) }
    }

    /// Keeps whose copy a job is. If the original tells of others, or is of an entry of a schedule, so does and is the copy.
    func insertCopy(_ job: Job.ID, of original: Job.ID, run: Run.ID) throws {
        write("INSERT INTO job_copy (job_id, copy_of) VALUES ($1, $2)", [.integer(job), .integer(original)])
        write(
            "INSERT INTO job_node (job_id, node) SELECT $1, node FROM job_node WHERE job_id = $2",
            [.integer(job), .integer(original)])
        write(
            "INSERT INTO alarm (job_id, pipeline_id, kind) SELECT $1, pipeline_id, kind FROM alarm WHERE job_id = $2",
            [.integer(job), .integer(original)])
        if let entry = try origin(of: original)?.entry { try keep(job, of: entry, run: run) }
    }
}
