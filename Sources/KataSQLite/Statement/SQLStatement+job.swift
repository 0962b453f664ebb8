import GRDB
import Kata

extension SQLStatement {
    /// The columns that ``job`` reads.
    static let jobColumns = "id, run_id, item, attempt, priority, max_attempts, timeout_ms, limit_key, interruptions"

    /// The job of a row that begins with ``jobColumns``.
    var job: Job { job(item: text(2)) }

    /// The columns of `job` that ``readyJob`` reads.
    ///
    /// Where no job comes from a trace, none is looked up: that takes longer than to find out that there is none.
    static func readyJobColumns(in database: Database) throws -> String {
        let query = try SQLStatement("SELECT EXISTS (SELECT 1 FROM job_trace)", in: database)
        let areTraced = try query.rows { $0.integer(0) } == [1]
        let trace = areTraced ? "(SELECT traceparent FROM job_trace WHERE job_id = job.id)" : "NULL"
        return "\(jobColumns), created_at, run_at, \(trace)"
    }

    /// The job of a row that begins with ``readyJobColumns(in:)``, with the time since which it could have begun.
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
            maxAttempts: isNull(5) ? nil : Int(integer(5)),
            timeout: isNull(6) ? nil : .milliseconds(integer(6)),
            key: isNull(7) ? nil : text(7),
            interruptions: Int(integer(8))
        )
    }

    /// The `traceparent` in that column; `nil` if it is NULL.
    func traceParent(_ column: Int32) -> TraceParent? { isNull(column) ? nil : TraceParent(text(column)) }

    /// The time in that column; `nil` if it is NULL.
    func timestamp(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: integer(column))
    }
}
