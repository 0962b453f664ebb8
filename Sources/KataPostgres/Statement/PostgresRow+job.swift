import Kata

extension PostgresRow {
    /// The columns that ``job`` reads.
    static let jobColumns =
        "job.id, job.run_id, job.item, job.attempt, job.priority, job.max_attempts, job.timeout_ms, job.limit_key, job.interruptions"

    /// The columns that ``readyJob`` reads.
    static let readyJobColumns =
        "\(jobColumns), job.created_at, job.run_at, (SELECT traceparent FROM job_trace WHERE job_id = job.id)"

    /// The job of a row that begins with ``jobColumns``.
    var job: Job { job(item: text(2)) }

    /// The job of a row that begins with ``readyJobColumns``, with the time since which it could have begun.
    var readyJob: Job {
        var job = job
        job.readyAt = Timestamp(milliseconds: isNull(10) ? integer(9) : max(integer(9), integer(10)))
        job.traceParent = traceParent(11)
        return job
    }

    /// The job of such a row, with another item, such as the beginning of a long one.
    func job(item: String) -> Job {
        Job(
            id: integer(0),
            runID: integer(1),
            item: item,
            attempt: Int(integer(3)),
            priority: Int(integer(4)),
            maxAttempts: optionalInteger(5).map { Int($0) },
            timeout: optionalInteger(6).map { .milliseconds($0) },
            key: optionalText(7),
            interruptions: Int(integer(8))
        )
    }

    /// The `traceparent` in that column; `nil` if it is NULL.
    func traceParent(_ column: Int32) -> TraceParent? { optionalText(column).flatMap { TraceParent($0) } }
}
