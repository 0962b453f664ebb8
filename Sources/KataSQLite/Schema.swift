import GRDB

/// The tables and views of a Kata database.
///
/// Times are milliseconds since 1970 in the tables and ISO 8601 in the views. Users read the views; the tables may change.
/// Migrations are only ever added: a released one is not changed.
enum Schema {
    /// Marks a file as a Kata database (`PRAGMA application_id`): "KATA".
    static let applicationID: Int32 = 0x4b41_5441

    /// How many migrations there are (`PRAGMA user_version`).
    static let version = 1

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: runs, jobs and results") { database in
            try database.execute(sql: tables)
            try database.execute(sql: views)
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
        }
        return migrator
    }

    private static let tables = """
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

    private static let views = """
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
            \(iso8601("started_at")) AS started_at, \(iso8601("finished_at")) AS finished_at
        FROM run
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY run.id;

        CREATE VIEW jobs AS
        SELECT job.id AS job_id, run_id, pipeline.name AS pipeline, item,
            CASE state WHEN 0 THEN 'pending' WHEN 2 THEN 'done' WHEN 3 THEN 'failed' END AS state,
            attempt, error, \(iso8601("created_at")) AS created_at
        FROM job
        CROSS JOIN run ON run.id = job.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY job.id;
        """

    private static func iso8601(_ column: String) -> String {
        "strftime('%Y-%m-%dT%H:%M:%fZ', \(column) / 1000.0, 'unixepoch')"
    }
}
