import GRDB

/// What has to hold between the rows of a database, whatever it was used for.
struct ConsistencyRule: Sendable {
    let name: String
    let title: String
    /// A query with a row for each fault: a sentence without a full stop.
    let faults: String

    func part(of database: Database) throws -> DatabaseReport.Part {
        let limit = DatabaseReport.faultLimit + 1
        let found = try String.fetchAll(database, sql: "\(faults) LIMIT \(limit)")
        return DatabaseReport.Part(name: name, title: title, found: found)
    }

    static let all = [counters, states, results, attempts, waiting, blockers, uniqueKeys, finishedRuns, outputs]

    /// Jobs that are finished may have been pruned, the others are all there.
    private static let counters = ConsistencyRule(
        name: "counters", title: "what runs count, against their jobs",
        faults: """
            SELECT format('run %d of pipeline ''%s'' counts %d %s jobs, and has %d', run_id, pipeline, counted, state, actual)
            FROM (
                WITH actual AS MATERIALIZED (
                    SELECT run_id, state, count(*) AS jobs FROM job GROUP BY run_id, state
                ), counter (run_id, pipeline, code, state, counted, may_be_pruned) AS (
                    \(counter("added - scheduled - waiting - done - failed - cancelled", 0, "pending"))
                    UNION ALL \(counter("scheduled", 1, "scheduled"))
                    UNION ALL \(counter("waiting", 5, "waiting"))
                    UNION ALL \(counter("done", 2, "done"))
                    UNION ALL \(counter("failed", 3, "failed"))
                    UNION ALL \(counter("cancelled", 4, "cancelled"))
                )
                SELECT counter.*, coalesce(jobs, 0) AS actual FROM counter
                LEFT JOIN actual ON actual.run_id = counter.run_id AND actual.state = counter.code
            )
            WHERE actual <> counted AND NOT (may_be_pruned AND actual < counted)
            """
    )

    private static func counter(_ column: String, _ code: Int, _ state: String) -> String {
        """
        SELECT run.id, pipeline.name, \(code), '\(state)', \(column), \([2, 3, 4].contains(code) ? 1 : 0)
        FROM run LEFT JOIN pipeline ON pipeline.id = run.pipeline_id
        """
    }

    private static let states = ConsistencyRule(
        name: "states", title: "the states of jobs, and when they are due",
        faults: """
            SELECT CASE WHEN state = 1 THEN format('job %d is scheduled, and not for any time', id)
                ELSE format('job %d is in a state that there is not: %d', id, state) END
            FROM job WHERE state NOT BETWEEN 0 AND 5 OR state = 1 AND run_at IS NULL
            UNION ALL
            SELECT format('job %d is not cancelled, but with job %d', id, blocker_id)
            FROM cancelled_with CROSS JOIN job ON job.id = cancelled_with.job_id WHERE state <> 4
            """
    )

    private static let results = ConsistencyRule(
        name: "results", title: "results, against the jobs that are done",
        faults: """
            SELECT format('result %d is of job %d, which has %s', result.id, result.job_id,
                CASE WHEN job.result_id IS NULL THEN 'none' WHEN job.result_id <> result.id THEN 'another one'
                    WHEN job.state <> 2 THEN 'one without being done' ELSE 'another run' END)
            FROM result CROSS JOIN job ON job.id = result.job_id
            WHERE job.result_id IS NOT result.id OR job.state <> 2 OR job.run_id <> result.run_id
            UNION ALL
            SELECT format('job %d is done, and has no result', id) FROM job WHERE state = 2 AND result_id IS NULL
            """
    )

    private static let attempts = ConsistencyRule(
        name: "attempts", title: "the attempts at jobs",
        faults: """
            SELECT format('an attempt at job %d has the number %d, and the job is at %d', job_id, attempt.attempt, job.attempt)
            FROM attempt CROSS JOIN job ON job.id = attempt.job_id
            WHERE attempt.attempt NOT BETWEEN 1 AND job.attempt
            """
    )

    private static let waiting = ConsistencyRule(
        name: "waiting", title: "for how many jobs others wait",
        faults: """
            SELECT format('job %d counts %d jobs that it waits for, and there are %d', id, blockers, actual) FROM (
                SELECT id, state, blockers, (SELECT count(*) FROM dependency WHERE job_id = job.id) AS actual FROM job
                WHERE blockers <> 0 OR state = 5 OR id IN (SELECT job_id FROM dependency)
            )
            WHERE blockers <> actual OR (state = 5) <> (blockers > 0)
            """
    )

    /// Of a job that so many waited for that some have not been told yet, the end is noted.
    private static let blockers = ConsistencyRule(
        name: "blockers", title: "the jobs that others wait for",
        faults: """
            SELECT format('job %d waits for job %d, which is finished', dependency.job_id, blocker_id)
            FROM dependency CROSS JOIN job ON job.id = blocker_id
            WHERE state IN (2, 3, 4) AND blocker_id NOT IN (SELECT job_id FROM unsettled)
            """
    )

    private static let uniqueKeys = ConsistencyRule(
        name: "unique_keys", title: "unique keys of jobs that are not finished",
        faults: """
            SELECT format('the jobs %s have the same unique key', group_concat(job.id, ', '))
            FROM job CROSS JOIN run ON run.id = job.run_id
            WHERE unique_key IS NOT NULL AND state <> 2 AND state <> 3 AND state <> 4
            GROUP BY run.pipeline_id, unique_key HAVING count(*) > 1
            """
    )

    private static let finishedRuns = ConsistencyRule(
        name: "finished_runs", title: "runs that are finished",
        faults: """
            SELECT format('run %d is finished, and %d of its jobs are not', run.id, count(*))
            FROM job CROSS JOIN run ON run.id = job.run_id
            WHERE job.state IN (0, 1, 5) AND run.finished_at IS NOT NULL GROUP BY run.id
            """
    )

    private static let outputs = ConsistencyRule(
        name: "outputs", title: "what jobs have printed",
        faults: """
            SELECT format('output %d of job %d is said to have %d bytes, and has %d', id, job_id, kept, actual) FROM (
                SELECT id, job_id, kept, (
                    SELECT coalesce(sum(length(data)), 0) FROM job_output_piece WHERE output_id = job_output.id
                ) AS actual FROM job_output
            ) WHERE kept <> actual
            UNION ALL
            SELECT format('the outputs of pipeline ''%s'' are said to have %d bytes, and have %d', name, output_bytes, actual)
            FROM (
                SELECT name, output_bytes, (
                    SELECT coalesce(sum(kept), 0) FROM job_output WHERE pipeline_id = pipeline.id
                ) AS actual FROM pipeline
            ) WHERE output_bytes <> actual
            """
    )
}
