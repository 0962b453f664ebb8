import Kata

/// Jobs because of which others with their unique keys are not added.
extension PostgresTransaction {
    /// A thousand years. Sums with it do not overflow.
    private static let longestUniqueness: Int64 = 1_000 * 366 * 86_400_000

    /// The job with that unique key because of which another one is not added; `nil` if there is none.
    func findUnique(_ key: String, run: Run.ID, at time: Timestamp, uniqueFor: Duration) throws -> Job.ID? {
        if let id = try findOpen(uniqueKey: key, run: run) ?? findHeld(uniqueKey: key, run: run) { return id }
        let milliseconds = min(uniqueFor.milliseconds, Self.longestUniqueness)
        // Only the latest of the finished jobs: those before it were finished before it was added.
        return try rows(
            """
            SELECT job.id, coalesce(job.finished_at, result.finished_at) BETWEEN $3 + 1 AND $4
            FROM job LEFT JOIN result ON result.id = job.result_id
            WHERE unique_key = $1 AND state IN (2, 3) AND job.\(Self.isOfSamePipeline) ORDER BY job.id DESC LIMIT 1
            """,
            [
                .text(key), .integer(run), .integer(time.milliseconds - milliseconds),
                // What a clock that was ahead has recorded holds nothing up for longer than that, either.
                .integer(time.milliseconds + max(milliseconds, Timestamp.clockTolerance.milliseconds)),
            ]
        ) { $0.boolean(1) ? $0.integer(0) : nil }.first ?? nil
    }

    /// The unfinished job with that unique key in the pipeline of that run.
    func findOpen(uniqueKey key: String, run: Run.ID) throws -> Job.ID? {
        try rows(
            """
            SELECT id FROM job WHERE unique_key = $1 AND state NOT IN (2, 3, 4)
                AND \(Self.isOfSamePipeline) ORDER BY id DESC LIMIT 1
            """, [.text(key), .integer(run)]
        ) { $0.integer(0) }.first
    }

    /// The cancelled job with that unique key in the pipeline of that run that a handler may still have in hand.
    ///
    /// - Parameter job: is not looked at.
    func findHeld(uniqueKey key: String, run: Run.ID, except job: Job.ID? = nil) throws -> Job.ID? {
        // Handlers of other nodes may have some in hand, too, as long as these have claimed them.
        return try rows(
            """
            SELECT id FROM job WHERE unique_key = $1 AND state = 4 AND id <> $4 AND \(Self.isOfSamePipeline)
                AND (id = ANY($3) OR EXISTS (SELECT 1 FROM claim WHERE claim.job_id = job.id AND claim.session_id <> $5))
            LIMIT 1
            """,
            [.text(key), .integer(run), .integers(Array(keyHolders)), .integer(job ?? 0), .integer(member.session)]
        ) { $0.integer(0) }.first
    }

    /// The unfinished job in the pipeline of that run that is about the same thing as a new one, as its
    /// ``NewJob/uniqueStem`` says.
    func findOpen(sameThingAs job: NewJob, run: Run.ID) throws -> Job.ID? {
        guard let stem = job.uniqueStem else { return nil }
        return try rows(
            """
            SELECT id FROM job WHERE unique_key >= $1 AND unique_key < $3 AND state NOT IN (2, 3, 4)
                AND item = $4 AND \(Self.isOfSamePipeline) ORDER BY id DESC LIMIT 1
            """,
            [.text(stem), .integer(run), .rawText(PostgresText.bound(after: stem)), .text(job.item)]
        ) { $0.integer(0) }.first
    }

    /// Whether a job's run is of the same pipeline as the run `$2`.
    private static let isOfSamePipeline = """
        run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT pipeline_id FROM run WHERE id = $2))
        """
}
