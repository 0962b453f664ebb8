import GRDB
import Kata

/// Reads runs, on a reading or on the writing connection.
enum RunQuery {
    /// - Parameter condition: over `run` and `pipeline`.
    static func runs(_ database: Database, where condition: String, _ bind: (SQLStatement) -> Void) throws -> [Run] {
        let query = try SQLStatement(
            """
            SELECT run.id, name, items, source_cursor, source_exhausted, elapsed_us, started_at, finished_at,
                \(countColumns), \(number)
            FROM run JOIN pipeline ON pipeline.id = run.pipeline_id WHERE \(condition)
            """, in: database
        )
        bind(query)
        return try query.rows { row in
            Run(
                id: row.integer(0),
                pipeline: row.text(1),
                number: Int(row.integer(14)),
                items: row.isNull(2) ? nil : Int(row.integer(2)),
                progress: row.integer(4) != 0 ? .exhausted : row.isNull(3) ? .start : .at(cursor: row.text(3)),
                counts: counts(row, from: 8),
                elapsed: .microseconds(row.integer(5)),
                startedAt: Timestamp(milliseconds: row.integer(6)),
                finishedAt: row.timestamp(7)
            )
        }
    }

    /// The counts of all runs of a pipeline but one.
    static func counts(_ database: Database, pipeline: String, except run: Run.ID) throws -> JobCounts {
        let columns = countColumns.split(separator: ", ").map { "sum(\($0))" }.joined(separator: ", ")
        let query = try SQLStatement(
            "SELECT \(columns) FROM run JOIN pipeline ON pipeline.id = run.pipeline_id WHERE name = ?1 AND run.id <> ?2",
            in: database
        )
        query.bind(pipeline, at: 1)
        query.bind(run, at: 2)
        return try query.rows { counts($0, from: 0) }[0]
    }

    /// Which run of its pipeline a run is: no run is ever forgotten.
    private static let number =
        "(SELECT count(*) FROM run AS earlier WHERE earlier.pipeline_id = run.pipeline_id AND earlier.id <= run.id)"

    private static let countColumns = "added, scheduled, waiting, done, failed, cancelled"

    private static func counts(_ row: SQLStatement, from column: Int32) -> JobCounts {
        var counts = JobCounts()
        for (offset, state) in [JobState.scheduled, .waiting, .done, .failed, .cancelled].enumerated() {
            counts[state] = Int(row.integer(column + 1 + Int32(offset)))
        }
        counts.pending = Int(row.integer(column)) - counts.scheduled - counts.waiting - counts.finished
        return counts
    }
}
