import Kata

extension SQLStatement {
    /// The columns that ``job`` reads.
    static let jobColumns = "id, run_id, item, attempt, priority, max_attempts, timeout_ms, limit_key, interruptions"

    /// The job of a row that begins with ``jobColumns``.
    var job: Job { job(item: text(2)) }

    /// The columns that ``readyJob`` reads.
    static let readyJobColumns = "\(jobColumns), created_at, run_at"

    /// The job of a row that begins with ``readyJobColumns``, with the time since which it could have begun.
    var readyJob: Job {
        var job = job
        job.readyAt = Timestamp(milliseconds: isNull(10) ? integer(9) : max(integer(9), integer(10)))
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
            maxAttempts: isNull(5) ? nil : Int(integer(5)),
            timeout: isNull(6) ? nil : .milliseconds(integer(6)),
            key: isNull(7) ? nil : text(7),
            interruptions: Int(integer(8))
        )
    }

    /// The time in that column; `nil` if it is NULL.
    func timestamp(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: integer(column))
    }
}
