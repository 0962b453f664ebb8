import Kata

/// What became of attempts.
extension PostgresTransaction {
    func complete(_ completions: [Completion]) throws -> [CompletionEffect?] {
        var effects: [CompletionEffect?] = []
        effects.reserveCapacity(completions.count)
        var rest = completions[...]
        while !rest.isEmpty {
            // A second completion of a job sees what the first one has left.
            var jobs: Set<Job.ID> = []
            let part = rest.prefix { jobs.insert($0.job.id).inserted }
            rest = rest.dropFirst(part.count)
            effects += try record(Array(part))
        }
        return effects
    }

    /// Records completions of different jobs.
    private func record(_ completions: [Completion]) throws -> [CompletionEffect?] {
        let statement = completions.allSatisfy { $0.outcome == .done } ? doneStatement : statement
        takeOrder()
        if completions.contains(where: { $0.job.key != nil }) { tellsOthers = true }
        let mine = [PostgresValue.integer(member.session)]
        let results = try run(
            [
                PostgresStatement(statement, mine + CompletionRows(completions).values),
                PostgresStatement(
                    "DELETE FROM claim WHERE session_id = $1 AND job_id = ANY($2)",
                    mine + [.integers(completions.map(\.job.id))]),
                PostgresStatement(
                    "SELECT DISTINCT blocker_id FROM dependency WHERE blocker_id = ANY($1)",
                    [.integers(completions.map(\.job.id))]),
            ], writes: true)
        let recorded = Dictionary(
            uniqueKeysWithValues: results[0].rows {
                (
                    $0.integer(0),
                    Recorded(resultID: $0.optionalInteger(1), attemptID: $0.optionalInteger(2), waited: $0.integer(3))
                )
            })
        let blockers = Set(results[2].rows { $0.integer(0) })
        writeCosts(completions, recorded)
        // Another node may have kept it.
        let done = completions.filter { completion in
            let job = completion.job
            let mayHaveOne = completion.hasCheckpoint || job.attempt > 1 || job.interruptions > 0
            return completion.outcome == .done && mayHaveOne && recorded[job.id] != nil
        }
        if !done.isEmpty { write("DELETE FROM checkpoint WHERE job_id = ANY($1)", [.integers(done.map(\.job.id))]) }
        return try completions.map { completion in
            guard let row = recorded[completion.job.id] else { return nil }
            let state = completion.outcome.state
            count(
                from: .pending, to: state, run: completion.job.runID,
                doneAt: state == .done ? completion.finishedAt : nil)
            let changes =
                blockers.contains(completion.job.id) && state.isFinal
                ? try resolveDependents(of: [(completion.job.id, state)], at: completion.finishedAt) : []
            return CompletionEffect(
                changes: changes,
                waited: completion.cost.map { _ in .milliseconds(row.waited) })
        }
    }

    /// What the statement says of a completion that it has recorded.
    private struct Recorded {
        let resultID: JobResult.ID?
        let attemptID: Int64?
        let waited: Int64
    }

    private func writeCosts(_ completions: [Completion], _ recorded: [Job.ID: Recorded]) {
        let costs = completions.compactMap { completion in
            completion.cost.flatMap { cost in recorded[completion.job.id].map { (cost: cost, row: $0) } }
        }
        for (table, id) in [("result", \Recorded.resultID), ("attempt", \Recorded.attemptID)] {
            let rows = costs.filter { $0.row[keyPath: id] != nil }
            if rows.isEmpty { continue }
            write(
                """
                INSERT INTO \(table)_cost (\(table)_id, user_us, system_us, peak_memory, waited_ms)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
                """,
                [
                    .integers(rows.map { $0.row[keyPath: id] }),
                    .integers(rows.map { $0.cost.userTime.nanoseconds / 1_000 }),
                    .integers(rows.map { $0.cost.systemTime.nanoseconds / 1_000 }),
                    .integers(rows.map(\.cost.peakMemory)), .integers(rows.map(\.row.waited)),
                ])
        }
    }
}

/// The statements. Each takes an outcome of a pending job at that attempt only, and gives a row for each one that it took.
extension PostgresTransaction {
    /// Said so that the server finds each job by its id. It might take the index of all pending ones otherwise, however many they are.
    private static let isPending = "job.state + 0 = 0"

    /// Whether nobody else has claimed a job. Once this node was taken for gone, it has to have claimed the job itself since: nothing counts
    /// any more of what it had before.
    private var isOurs: String {
        let owner = "(SELECT session_id FROM claim WHERE claim.job_id = job.id)"
        return member.wasFenced ? "coalesce(\(owner), 0) = $1" : "coalesce(\(owner), $1) = $1"
    }

    /// Where all are done.
    private var doneStatement: String {
        """
        WITH input AS (
            SELECT *, nextval('result_id') AS result_id FROM (
                SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
                    AS input (job_id, run_id, attempt, consumer_id, started_at, finished_at, output)
            ) AS ordered
        ), updated AS (
            UPDATE job SET state = 2, result_id = input.result_id, error = NULL, started_at = NULL
            FROM input WHERE job.id = input.job_id AND job.attempt = input.attempt AND \(Self.isPending) AND \(isOurs)
            RETURNING input.*, greatest(0, input.started_at - greatest(job.created_at, job.run_at)) AS waited
        ), results AS (
            INSERT INTO result (id, job_id, run_id, attempt, started_at, finished_at, consumer_id, output)
            SELECT result_id, job_id, run_id, attempt, started_at, finished_at, consumer_id, output FROM updated
        )
        SELECT job_id, result_id, NULL::bigint, waited FROM updated
        """
    }

    /// Where some are not.
    private var statement: String {
        """
        WITH input AS (
            SELECT *, CASE WHEN state = 2 THEN nextval('result_id') END AS result_id FROM (
                SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
                    $9::bigint[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[])
                    AS input (job_id, run_id, attempt, consumer_id, started_at, finished_at, output, state, error, run_at,
                        more_attempts, more_interruptions, exit_code)
            ) AS ordered
        ), updated AS (
            UPDATE job SET state = input.state, result_id = coalesce(input.result_id, job.result_id),
                attempt = job.attempt + input.more_attempts, interruptions = job.interruptions + input.more_interruptions,
                -- A job that was cut off keeps what it had.
                error = CASE WHEN input.state = 0 THEN job.error ELSE input.error END,
                run_at = coalesce(input.run_at, job.run_at),
                put_off_at = CASE WHEN input.state = 1 THEN input.finished_at ELSE job.put_off_at END,
                finished_at = CASE WHEN input.state = 3 THEN input.finished_at ELSE job.finished_at END,
                started_at = NULL
            FROM input JOIN job AS before ON before.id = input.job_id
            WHERE job.id = input.job_id AND job.attempt = input.attempt AND \(Self.isPending) AND \(isOurs)
            RETURNING input.*, greatest(0, input.started_at - greatest(before.created_at, before.run_at)) AS waited
        ), results AS (
            INSERT INTO result (id, job_id, run_id, attempt, started_at, finished_at, consumer_id, output)
            SELECT result_id, job_id, run_id, attempt, started_at, finished_at, consumer_id, output FROM updated
            WHERE state = 2
        ), attempts AS (
            INSERT INTO attempt (job_id, attempt, exit_code, started_at, finished_at, consumer_id, error, output)
            SELECT job_id, attempt, exit_code, started_at, finished_at, consumer_id, error, output FROM updated
            -- A job that was put off because the handler was down has not failed.
            WHERE state = 3 OR state = 1 AND more_attempts + more_interruptions > 0
            RETURNING id, job_id
        )
        SELECT updated.job_id, result_id, attempts.id, waited FROM updated LEFT JOIN attempts USING (job_id)
        """
    }
}
