/// The views, which are what users read. They are the same as in an SQLite file.
extension Schema {
    static let views = [
        """
        CREATE VIEW results AS
        SELECT result.run_id, pipeline.name AS pipeline, consumer_id, item, result.attempt,
            iso_time(result.started_at) AS started_at, iso_time(result.finished_at) AS finished_at
        FROM result
        JOIN job ON job.id = result.job_id
        JOIN run ON run.id = result.run_id
        JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY result.id
        """,
        // The total is that of the whole numbers among the items; anything else counts as 0.
        """
        CREATE VIEW consumer_totals AS
        SELECT result.run_id, pipeline.name AS pipeline, consumer_id, count(*) AS items,
            sum(CASE WHEN length(item) <= 301 AND item ~ '^-?[0-9]+$' THEN item::double precision ELSE 0 END) AS total
        FROM result
        JOIN job ON job.id = result.job_id
        JOIN run ON run.id = result.run_id
        JOIN pipeline ON pipeline.id = run.pipeline_id
        GROUP BY result.run_id, pipeline.name, consumer_id
        ORDER BY result.run_id, length(consumer_id), consumer_id
        """,
        """
        CREATE VIEW runs AS
        SELECT run.id AS run_id, pipeline.name AS pipeline, items, done, failed,
            elapsed_us / 1000000.0::double precision AS elapsed_seconds,
            iso_time(started_at) AS started_at, iso_time(finished_at) AS finished_at, scheduled, waiting, cancelled,
            (SELECT count(*) FROM run AS earlier
                WHERE earlier.pipeline_id = run.pipeline_id AND earlier.id <= run.id) AS number
        FROM run
        JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY run.id
        """,
        """
        CREATE VIEW jobs AS
        SELECT job.id AS job_id, job.run_id, pipeline.name AS pipeline, item,
            CASE state WHEN 0 THEN 'pending' WHEN 1 THEN 'scheduled' WHEN 2 THEN 'done'
                WHEN 3 THEN 'failed' WHEN 4 THEN 'cancelled' WHEN 5 THEN 'waiting' END AS state,
            job.attempt, error, iso_time(created_at) AS created_at, priority, unique_key,
            iso_time(run_at) AS run_at, max_attempts, timeout_ms / 1000.0::double precision AS timeout_seconds,
            limit_key AS key, interruptions,
            iso_time(coalesce(job.finished_at, result.finished_at)) AS finished_at,
            (SELECT blocker_id FROM cancelled_with WHERE job_id = job.id) AS cancelled_with,
            (SELECT string_agg(tag, ',' ORDER BY tag) FROM job_tag WHERE job_id = job.id) AS tags,
            (SELECT copy_of FROM job_copy WHERE job_id = job.id) AS copy_of,
            (SELECT text FROM checkpoint WHERE job_id = job.id) AS checkpoint,
            (SELECT traceparent FROM job_trace WHERE job_id = job.id) AS traceparent
        FROM job
        JOIN run ON run.id = job.run_id
        JOIN pipeline ON pipeline.id = run.pipeline_id
        LEFT JOIN result ON result.id = job.result_id
        ORDER BY job.id
        """,
        """
        CREATE VIEW attempts AS
        SELECT past.job_id, job.run_id, pipeline.name AS pipeline, past.attempt, consumer_id,
            CASE WHEN past.error IS NULL THEN 'done' ELSE 'failed' END AS outcome, past.error,
            iso_time(past.started_at) AS started_at, iso_time(past.finished_at) AS finished_at, past.output,
            past.exit_code, user_us / 1000000.0::double precision AS user_seconds,
            system_us / 1000000.0::double precision AS system_seconds,
            peak_memory AS peak_memory_bytes, waited_ms / 1000.0::double precision AS waited_seconds,
            CASE WHEN waited_ms IS NOT NULL THEN (past.finished_at - past.started_at) / 1000.0::double precision END
                AS worked_seconds
        FROM (
            SELECT job_id, attempt, consumer_id, error, started_at, finished_at, output, exit_code,
                user_us, system_us, peak_memory, waited_ms
            FROM attempt LEFT JOIN attempt_cost ON attempt_cost.attempt_id = attempt.id
            UNION ALL
            SELECT job_id, attempt, consumer_id, NULL, started_at, finished_at, output, NULL,
                user_us, system_us, peak_memory, waited_ms
            FROM result LEFT JOIN result_cost ON result_cost.result_id = result.id
        ) AS past
        JOIN job ON job.id = past.job_id
        JOIN run ON run.id = job.run_id
        JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY past.job_id, past.attempt
        """,
        """
        CREATE VIEW outputs AS
        SELECT job_output.job_id, pipeline.name AS pipeline, job_output.attempt, job_output.consumer_id,
            CASE stream WHEN 0 THEN 'out' WHEN 1 THEN 'err' END AS stream,
            iso_time(printed_at) AS printed_at, position, printed_text(data) AS text
        FROM job_output
        JOIN job_output_piece ON job_output_piece.output_id = job_output.id
        JOIN pipeline ON pipeline.id = job_output.pipeline_id
        ORDER BY job_output.id, position
        """,
        """
        CREATE VIEW alarms AS
        SELECT alarm.job_id, target.name AS pipeline, alarm.kind, told.name AS about,
            coalesce((SELECT failures FROM gathered_alarm WHERE job_id = alarm.job_id), 1) AS jobs
        FROM alarm
        JOIN job ON job.id = alarm.job_id
        JOIN run ON run.id = job.run_id
        JOIN pipeline AS target ON target.id = run.pipeline_id
        JOIN pipeline AS told ON told.id = alarm.pipeline_id
        ORDER BY alarm.job_id
        """,
    ]
}
