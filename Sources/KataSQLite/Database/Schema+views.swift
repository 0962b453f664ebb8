import GRDB

/// The views, and their removal before they are made anew.
extension Schema {
    /// The views as they are now. A migration that changes a table drops them first and creates them anew.
    static let views = """
        CREATE VIEW results AS
        SELECT result.run_id, pipeline.name AS pipeline, consumer_id, item, result.attempt,
            \(iso8601("result.started_at")) AS started_at, \(iso8601("result.finished_at")) AS finished_at
        FROM result
        CROSS JOIN job ON job.id = result.job_id
        CROSS JOIN run ON run.id = result.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY result.id;

        -- The total is that of the whole numbers among the items; anything else counts as 0. Up to 12 digits add up exactly.
        CREATE VIEW consumer_totals AS
        SELECT result.run_id, pipeline.name AS pipeline, consumer_id, count(*) AS items,
            sum(CASE WHEN item NOT GLOB '[0-9]*' AND item NOT GLOB '-[0-9]*' OR substr(item, 2) GLOB '*[^0-9]*'
                OR length(ltrim(item, '-')) > 300 THEN 0
                WHEN length(item) <= 12 THEN CAST(item AS INTEGER) ELSE CAST(item AS REAL) END) AS total
        FROM result
        CROSS JOIN job ON job.id = result.job_id
        CROSS JOIN run ON run.id = result.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        GROUP BY result.run_id, consumer_id
        ORDER BY result.run_id, length(consumer_id), consumer_id;

        CREATE VIEW runs AS
        SELECT run.id AS run_id, pipeline.name AS pipeline, items, done, failed,
            elapsed_us / 1000000.0 AS elapsed_seconds,
            \(iso8601("started_at")) AS started_at, \(iso8601("finished_at")) AS finished_at, scheduled, waiting, cancelled,
            (SELECT count(*) FROM run AS earlier
                WHERE earlier.pipeline_id = run.pipeline_id AND earlier.id <= run.id) AS number
        FROM run
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY run.id;

        CREATE VIEW jobs AS
        SELECT job.id AS job_id, job.run_id, pipeline.name AS pipeline, item,
            CASE state WHEN 0 THEN 'pending' WHEN 1 THEN 'scheduled' WHEN 2 THEN 'done'
                WHEN 3 THEN 'failed' WHEN 4 THEN 'cancelled' WHEN 5 THEN 'waiting' END AS state,
            job.attempt, error, \(iso8601("created_at")) AS created_at, priority, unique_key,
            \(iso8601("run_at")) AS run_at, max_attempts, timeout_ms / 1000.0 AS timeout_seconds, limit_key AS key, interruptions,
            \(iso8601("coalesce(job.finished_at, result.finished_at)")) AS finished_at,
            (SELECT blocker_id FROM cancelled_with WHERE job_id = job.id) AS cancelled_with,
            (SELECT group_concat(tag) FROM job_tag WHERE job_id = job.id) AS tags,
            (SELECT copy_of FROM job_copy WHERE job_id = job.id) AS copy_of,
            (SELECT text FROM checkpoint WHERE job_id = job.id) AS checkpoint,
            (SELECT traceparent FROM job_trace WHERE job_id = job.id) AS traceparent
        FROM job
        CROSS JOIN run ON run.id = job.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        LEFT JOIN result ON result.id = job.result_id
        ORDER BY job.id;

        CREATE VIEW attempts AS
        SELECT past.job_id, job.run_id, pipeline.name AS pipeline, past.attempt, consumer_id,
            CASE WHEN past.error IS NULL THEN 'done' ELSE 'failed' END AS outcome, past.error,
            \(iso8601("past.started_at")) AS started_at, \(iso8601("past.finished_at")) AS finished_at, past.output,
            past.exit_code, user_us / 1000000.0 AS user_seconds, system_us / 1000000.0 AS system_seconds,
            peak_memory AS peak_memory_bytes, waited_ms / 1000.0 AS waited_seconds,
            CASE WHEN waited_ms IS NOT NULL THEN (past.finished_at - past.started_at) / 1000.0 END AS worked_seconds
        FROM (
            SELECT job_id, attempt, consumer_id, error, started_at, finished_at, output, exit_code,
                user_us, system_us, peak_memory, waited_ms
            FROM attempt LEFT JOIN attempt_cost ON attempt_cost.attempt_id = attempt.id
            UNION ALL
            SELECT job_id, attempt, consumer_id, NULL, started_at, finished_at, output, NULL,
                user_us, system_us, peak_memory, waited_ms
            FROM result LEFT JOIN result_cost ON result_cost.result_id = result.id
        ) AS past
        CROSS JOIN job ON job.id = past.job_id
        CROSS JOIN run ON run.id = job.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY past.job_id, past.attempt;

        CREATE VIEW outputs AS
        SELECT job_output.job_id, pipeline.name AS pipeline, job_output.attempt, job_output.consumer_id,
            CASE stream WHEN 0 THEN 'out' WHEN 1 THEN 'err' END AS stream,
            \(iso8601("printed_at")) AS printed_at,
            position, CAST(data AS TEXT) AS text
        FROM job_output
        CROSS JOIN job_output_piece ON job_output_piece.output_id = job_output.id
        CROSS JOIN pipeline ON pipeline.id = job_output.pipeline_id
        ORDER BY job_output.id, position;

        \(alarmViews)
        """

    static func dropViews(_ database: Database) throws {
        for view in try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'") {
            try database.execute(sql: "DROP VIEW \(view)")
        }
    }

    private static func iso8601(_ column: String) -> String {
        "strftime('%Y-%m-%dT%H:%M:%fZ', \(column) / 1000.0, 'unixepoch')"
    }
}
