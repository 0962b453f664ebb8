/// What the migrations do with the tables. A released one is not changed.
extension Schema {
    static let tables = """
        CREATE TABLE pipeline (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            -- The receipt of the last drain.
            drained_at INTEGER,
            drain_finished INTEGER,
            drain_went_back INTEGER,
            drain_cut_off INTEGER
        ) STRICT;

        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            items INTEGER NOT NULL,
            -- Where to go on reading the source; neither cursor nor end means at its start.
            source_cursor TEXT,
            source_exhausted INTEGER NOT NULL DEFAULT 0,
            -- Counted here, so that nobody has to count rows.
            added INTEGER NOT NULL DEFAULT 0,
            done INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            elapsed_us INTEGER NOT NULL DEFAULT 0,
            started_at INTEGER NOT NULL,
            finished_at INTEGER
        ) STRICT;
        CREATE INDEX run_of_pipeline ON run (pipeline_id, id);
        CREATE UNIQUE INDEX run_unfinished ON run (pipeline_id) WHERE finished_at IS NULL;

        CREATE TABLE job (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES run,
            -- 0 pending, 2 done, 3 failed
            state INTEGER NOT NULL DEFAULT 0,
            -- The attempt that is under way or comes next.
            attempt INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            item TEXT NOT NULL,
            error TEXT
        ) STRICT;
        CREATE INDEX job_pending ON job (run_id, id) WHERE state = 0;

        CREATE TABLE result (
            id INTEGER PRIMARY KEY, -- the order of consumption
            job_id INTEGER NOT NULL REFERENCES job,
            run_id INTEGER NOT NULL REFERENCES run,
            consumer_id TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            finished_at INTEGER NOT NULL
        ) STRICT;
        """

    static let submissions = """
        -- How many items a run has may be unknown now, and SQLite can't take back a NOT NULL.
        CREATE TABLE new_run (
            id INTEGER PRIMARY KEY,
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            items INTEGER,
            -- Where to go on reading the source; neither cursor nor end means at its start.
            source_cursor TEXT,
            source_exhausted INTEGER NOT NULL DEFAULT 0,
            -- Counted here, so that nobody has to count rows. What is neither of the others is pending.
            added INTEGER NOT NULL DEFAULT 0,
            scheduled INTEGER NOT NULL DEFAULT 0,
            waiting INTEGER NOT NULL DEFAULT 0,
            done INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            cancelled INTEGER NOT NULL DEFAULT 0,
            elapsed_us INTEGER NOT NULL DEFAULT 0,
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            -- Whether a daemon works on it, or broke off.
            session_open INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        INSERT INTO new_run (id, pipeline_id, items, source_cursor, source_exhausted, added, done, failed, elapsed_us,
            started_at, finished_at)
        SELECT id, pipeline_id, items, source_cursor, source_exhausted, added, done, failed, elapsed_us,
            started_at, finished_at FROM run;
        DROP TABLE run;
        ALTER TABLE new_run RENAME TO run;
        CREATE INDEX run_of_pipeline ON run (pipeline_id, id);
        CREATE UNIQUE INDEX run_unfinished ON run (pipeline_id) WHERE finished_at IS NULL;

        -- State: 0 pending, 1 scheduled, 2 done, 3 failed, 4 cancelled, 5 waiting for other jobs.
        ALTER TABLE job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE job ADD COLUMN run_at INTEGER;
        ALTER TABLE job ADD COLUMN unique_key TEXT;
        ALTER TABLE job ADD COLUMN max_attempts INTEGER;
        ALTER TABLE job ADD COLUMN timeout_ms INTEGER;
        ALTER TABLE job ADD COLUMN limit_key TEXT;
        -- For how many jobs it still waits.
        ALTER TABLE job ADD COLUMN blockers INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE job ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
        -- Since when a handler has it in hand. Written only for those that take a while.
        ALTER TABLE job ADD COLUMN started_at INTEGER;
        -- When it failed for good or was cancelled.
        ALTER TABLE job ADD COLUMN finished_at INTEGER;
        ALTER TABLE job ADD COLUMN result_id INTEGER REFERENCES result;
        UPDATE job SET result_id = result.id FROM result WHERE result.job_id = job.id;

        -- The order of claims. Within a priority it is that of the ids, which every index ends with.
        DROP INDEX job_pending;
        CREATE INDEX job_pending ON job (run_id, priority) WHERE state = 0;
        CREATE INDEX job_scheduled ON job (run_id, run_at) WHERE state = 1;
        -- For lists of those, which are few among many.
        CREATE INDEX job_failed ON job (id) WHERE state = 3;
        CREATE INDEX job_cancelled ON job (id) WHERE state = 4;
        CREATE INDEX job_waiting ON job (id) WHERE state = 5;
        CREATE INDEX job_started ON job (run_id) WHERE started_at IS NOT NULL;
        CREATE INDEX job_unique ON job (unique_key) WHERE unique_key IS NOT NULL;
        -- Without IN, for which SQLite would fill a temporary table for every row that is written.
        CREATE INDEX job_unique_open ON job (unique_key) WHERE unique_key IS NOT NULL AND state <> 2 AND state <> 3 AND state <> 4;

        -- Which unfinished jobs others wait for.
        CREATE TABLE dependency (
            blocker_id INTEGER NOT NULL REFERENCES job,
            job_id INTEGER NOT NULL REFERENCES job,
            PRIMARY KEY (blocker_id, job_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dependency_of_job ON dependency (job_id);

        -- Attempts that failed; the one that did not is in result.
        CREATE TABLE attempt (
            id INTEGER PRIMARY KEY,
            job_id INTEGER NOT NULL REFERENCES job,
            attempt INTEGER NOT NULL,
            consumer_id TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            finished_at INTEGER NOT NULL,
            error TEXT NOT NULL,
            output TEXT
        ) STRICT;
        ALTER TABLE result ADD COLUMN output TEXT;
        CREATE INDEX attempt_of_job ON attempt (job_id);

        -- What was submitted under an idempotency key.
        CREATE TABLE submission (
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            key TEXT NOT NULL,
            fingerprint INTEGER NOT NULL,
            -- Ids and ranges of them, such as 3-7,12; those in brackets were there before.
            job_ids TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (pipeline_id, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX submission_age ON submission (created_at);

        ALTER TABLE pipeline ADD COLUMN paused_at INTEGER;
        """

    static let batches = """
        -- Whether the job goes on whatever becomes of the other one.
        ALTER TABLE dependency ADD COLUMN is_patient INTEGER NOT NULL DEFAULT 0;

        -- Finished jobs that so many others waited for that some of them have not been told yet.
        CREATE TABLE unsettled (
            job_id INTEGER PRIMARY KEY,
            -- As it finished.
            state INTEGER NOT NULL
        ) STRICT;
        """

    static let limits = """
        -- The order of claims of the jobs with one key. Jobs without a key are not in it.
        CREATE INDEX job_pending_of_key ON job (run_id, limit_key, priority) WHERE state = 0 AND limit_key IS NOT NULL;

        -- When a job began last, where there is a rate.
        ALTER TABLE pipeline ADD COLUMN last_start INTEGER;
        -- The same for jobs with a key.
        CREATE TABLE start (
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            key TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            PRIMARY KEY (pipeline_id, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX start_age ON start (pipeline_id, started_at);
        """

    static let clock = """
        -- From when on the time counts until a job that was put off is due; NULL if it was not put off, or has begun since.
        ALTER TABLE job ADD COLUMN put_off_at INTEGER;
        UPDATE job SET put_off_at = coalesce(
            (SELECT finished_at FROM attempt WHERE job_id = job.id ORDER BY id DESC LIMIT 1), created_at)
        WHERE state = 1 OR state = 5 AND run_at IS NOT NULL;
        -- Few jobs among many. The state is not part of its condition, or each change of a state would have to look at it.
        CREATE INDEX job_put_off ON job (run_id, put_off_at) WHERE put_off_at IS NOT NULL;

        -- What the clock showed when retention went by it last, and after a jump for which retention waits.
        ALTER TABLE pipeline ADD COLUMN clock_trusted_at INTEGER;
        ALTER TABLE pipeline ADD COLUMN clock_jumped_at INTEGER;
        """

    static let lastSuccesses = """
        ALTER TABLE run ADD COLUMN last_done_at INTEGER;
        UPDATE run SET last_done_at = latest.time
        FROM (SELECT run_id, max(finished_at) AS time FROM result GROUP BY run_id) AS latest WHERE latest.run_id = run.id;
        """

    static let traces = """
        -- Where jobs come from, in a trace: the header traceparent of W3C Trace Context.
        CREATE TABLE job_trace (
            job_id INTEGER PRIMARY KEY REFERENCES job,
            traceparent TEXT NOT NULL
        ) STRICT;
        """

    static let dependents = """
        -- Jobs that are cancelled because of others, which they were to wait for. Few are: a column of job would have every job
        -- that is done written with one value more.
        CREATE TABLE cancelled_with (
            job_id INTEGER PRIMARY KEY REFERENCES job,
            -- May be forgotten by now.
            blocker_id INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX cancelled_with_blocker ON cancelled_with (blocker_id);
        -- Until then only the error said so: 'job 17, which it was to wait for, failed'.
        INSERT INTO cancelled_with (job_id, blocker_id) SELECT id, CAST(substr(error, 5) AS INTEGER) FROM job
        WHERE state = 4 AND (error GLOB 'job [0-9]*, which it was to wait for, failed'
            OR error GLOB 'job [0-9]*, which it was to wait for, was cancelled');
        """
}
