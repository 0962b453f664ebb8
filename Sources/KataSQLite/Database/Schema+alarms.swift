/// What the migration does that came with jobs which tell of others, and with what is kept of schedules. None of it is written
/// for a job that has nothing to do with either.
extension Schema {
    static let alarms = """
        -- Jobs that tell of the jobs of a pipeline.
        CREATE TABLE alarm (
            job_id INTEGER PRIMARY KEY REFERENCES job,
            -- Of the jobs that it tells of.
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            kind TEXT NOT NULL
        ) STRICT;

        -- The latest alarm of a pipeline that gathers its failures, with the pieces of its item.
        CREATE TABLE gathered_alarm (
            pipeline_id INTEGER PRIMARY KEY REFERENCES pipeline,
            -- May be forgotten by now.
            job_id INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            head TEXT NOT NULL,
            examples TEXT NOT NULL,
            example_count INTEGER NOT NULL
        ) STRICT;

        -- What has failed without a success since. The scope is an entry of a schedule, a key, or empty.
        CREATE TABLE open_failure (
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            scope TEXT NOT NULL,
            -- The latest one. May be forgotten by now.
            job_id INTEGER NOT NULL,
            since INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            PRIMARY KEY (pipeline_id, scope)
        ) STRICT, WITHOUT ROWID;

        -- Successes that are expected in time. The scope is an entry of a schedule, or empty.
        CREATE TABLE expectation (
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            scope TEXT NOT NULL,
            -- The last success, or when one was expected first.
            since INTEGER NOT NULL,
            -- Whether it was told since then that one is overdue.
            is_told INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (pipeline_id, scope)
        ) STRICT, WITHOUT ROWID;

        -- Jobs of an entry of a schedule.
        CREATE TABLE schedule_job (
            job_id INTEGER PRIMARY KEY REFERENCES job,
            entry TEXT NOT NULL
        ) STRICT;

        CREATE TABLE schedule_entry (
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            entry TEXT NOT NULL,
            paused_at INTEGER,
            -- The latest one. May be forgotten by now.
            job_id INTEGER,
            PRIMARY KEY (pipeline_id, entry)
        ) STRICT, WITHOUT ROWID;
        """

    /// The view of the alarms, which is a part of ``views``.
    static let alarmViews = """
        CREATE VIEW alarms AS
        SELECT alarm.job_id, target.name AS pipeline, alarm.kind, told.name AS about,
            coalesce((SELECT failures FROM gathered_alarm WHERE job_id = alarm.job_id), 1) AS jobs
        FROM alarm
        CROSS JOIN job ON job.id = alarm.job_id
        CROSS JOIN run ON run.id = job.run_id
        CROSS JOIN pipeline AS target ON target.id = run.pipeline_id
        CROSS JOIN pipeline AS told ON told.id = alarm.pipeline_id
        ORDER BY alarm.job_id;
        """
}
