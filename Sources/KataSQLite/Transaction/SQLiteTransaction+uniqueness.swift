import GRDB
import Kata

/// Jobs because of which others with their unique keys are not added.
extension SQLiteTransaction {
    /// A thousand years. Sums with it do not overflow.
    private static let longestUniqueness: Int64 = 1_000 * 366 * 86_400_000

    /// The job with that unique key because of which another one is not added; `nil` if there is none.
    func findUnique(_ key: String, run: Run.ID, at time: Timestamp, uniqueFor: Duration) throws -> Job.ID? {
        if let id = try findOpen(uniqueKey: key, run: run) ?? findHeld(uniqueKey: key, run: run) { return id }
        // Only the latest of the finished jobs: those before it were finished before it was added.
        let finished = try SQLStatement(
            """
            SELECT job.id, coalesce(job.finished_at, result.finished_at) BETWEEN ?3 + 1 AND ?4
            FROM job LEFT JOIN result ON result.id = job.result_id
            WHERE unique_key = ?1 AND state IN (2, 3) AND job.\(Self.isOfSamePipeline) ORDER BY job.id DESC LIMIT 1
            """, in: database
        )
        finished.bind(key, at: 1)
        finished.bind(run, at: 2)
        let milliseconds = min(uniqueFor.milliseconds, Self.longestUniqueness)
        finished.bind(time.milliseconds - milliseconds, at: 3)
        // What a clock that was ahead has recorded holds nothing up for longer than that, either.
        finished.bind(time.milliseconds + max(milliseconds, Timestamp.clockTolerance.milliseconds), at: 4)
        return try finished.rows { $0.integer(1) != 0 ? $0.integer(0) : nil }.first ?? nil
    }

    /// The unfinished job with that unique key in the pipeline of that run.
    func findOpen(uniqueKey key: String, run: Run.ID) throws -> Job.ID? {
        let query = try SQLStatement(
            """
            SELECT id FROM job WHERE unique_key = ?1 AND state <> 2 AND state <> 3 AND state <> 4
                AND \(Self.isOfSamePipeline) ORDER BY id DESC LIMIT 1
            """, in: database
        )
        query.bind(key, at: 1)
        query.bind(run, at: 2)
        return try query.rows { $0.integer(0) }.first
    }

    /// The cancelled job with that unique key in the pipeline of that run that a handler may still have in hand.
    ///
    /// - Parameter job: is not looked at.
    func findHeld(uniqueKey key: String, run: Run.ID, except job: Job.ID? = nil) throws -> Job.ID? {
        if keyHolders.isEmpty { return nil }
        let query = try SQLStatement(
            "SELECT 1 FROM job WHERE id = ?3 AND unique_key = ?1 AND state = 4 AND \(Self.isOfSamePipeline)",
            in: database)
        query.bind(key, at: 1)
        query.bind(run, at: 2)
        return try keyHolders.first { held in
            query.bind(held, at: 3)
            return try held != job && !query.rows { _ in () }.isEmpty
        }
    }

    /// The unfinished job in the pipeline of that run that is about the same thing as a new one, as its
    /// ``NewJob/uniqueStem`` says.
    func findOpen(sameThingAs job: NewJob, run: Run.ID) throws -> Job.ID? {
        guard let stem = job.uniqueStem else { return nil }
        let query = try SQLStatement(
            """
            SELECT id FROM job WHERE unique_key >= ?1 AND unique_key < ?3 AND state <> 2 AND state <> 3 AND state <> 4
                AND item = ?4 AND \(Self.isOfSamePipeline) ORDER BY id DESC LIMIT 1
            """, in: database
        )
        query.bind(stem, at: 1)
        query.bind(run, at: 2)
        // Behind every text that begins so.
        query.bind(stem + "\u{10FFFF}", at: 3)
        query.bind(job.item, at: 4)
        return try query.rows { $0.integer(0) }.first
    }

    /// Whether a job's run is of the same pipeline as the run `?2`.
    private static let isOfSamePipeline = """
        run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT pipeline_id FROM run WHERE id = ?2))
        """
}
