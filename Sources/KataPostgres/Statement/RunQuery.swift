import Kata

/// The queries for runs.
enum RunQuery {
    /// - Parameter condition: over `run` and `pipeline`, and what comes after it.
    static func runs(where condition: String) -> String {
        """
        SELECT run.id, name, items, source_cursor, source_exhausted, elapsed_us, started_at, finished_at,
            \(countColumns), \(number)
        FROM run JOIN pipeline ON pipeline.id = run.pipeline_id WHERE \(condition)
        """
    }

    /// A row of such a query.
    static func run(_ row: PostgresRow) -> Run {
        Run(
            id: row.integer(0),
            pipeline: row.text(1),
            number: Int(row.integer(14)),
            items: row.optionalInteger(2).map { Int($0) },
            progress: row.boolean(4) ? .exhausted : row.isNull(3) ? .start : .at(cursor: row.text(3)),
            counts: counts(row, from: 8),
            elapsed: .microseconds(row.integer(5)),
            startedAt: Timestamp(milliseconds: row.integer(6)),
            finishedAt: row.timestamp(7)
        )
    }

    /// The counts of all runs of the pipeline `$1` but the run `$2`; its one row is for ``counts(_:from:)``.
    static let countsOfOthers = """
        SELECT \(countColumns.split(separator: ", ").map { "sum(\($0))::bigint" }.joined(separator: ", "))
        FROM run JOIN pipeline ON pipeline.id = run.pipeline_id WHERE name = $1 AND run.id <> $2
        """

    static func counts(_ row: PostgresRow, from column: Int32) -> JobCounts {
        var counts = JobCounts()
        for (offset, state) in [JobState.scheduled, .waiting, .done, .failed, .cancelled].enumerated() {
            counts[state] = Int(row.integer(column + 1 + Int32(offset)))
        }
        counts.pending = Int(row.integer(column)) - counts.scheduled - counts.waiting - counts.finished
        return counts
    }

    /// Which run of its pipeline a run is: no run is ever forgotten.
    private static let number =
        "(SELECT count(*) FROM run AS earlier WHERE earlier.pipeline_id = run.pipeline_id AND earlier.id <= run.id)"

    /// How far runs are; a condition may follow.
    static let tallies =
        "SELECT run.id, run.version, run.source_exhausted, run.finished_at IS NOT NULL, \(countColumns) FROM run"

    /// A row of such a query.
    static func tally(_ row: PostgresRow) -> RunTally { tally(row, from: 0) }

    /// The same, from that column on.
    static func tally(_ row: PostgresRow, from column: Int32) -> RunTally {
        RunTally(
            run: row.integer(column), version: row.integer(column + 1), counts: counts(row, from: column + 4),
            isSourceExhausted: row.boolean(column + 2), isFinished: row.boolean(column + 3))
    }

    static let countColumns = "added, scheduled, waiting, done, failed, cancelled"
}
