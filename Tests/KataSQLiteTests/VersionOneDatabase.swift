import GRDB
import KataTestSupport

/// A database as the first version of the schema left it.
///
/// Its SQL stands here as it was released, so that a later change of what is migrated from does not go unnoticed.
enum VersionOneDatabase {
    /// Two runs of `a`, of which the second is unfinished, and one of `b`; jobs in each state that there was.
    static func write(to path: String) throws {
        let database = try DatabasePool(path: path)
        try database.write { database in
            try database.execute(sql: schema)
            try database.execute(sql: views)
            try database.execute(sql: content)
            // What the migrator leaves behind.
            try database.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('1: runs, jobs and results');
                    PRAGMA application_id = 0x4b415441;
                    PRAGMA user_version = 1;
                    """)
        }
        try database.close()
    }

    private static let schema = """
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

    /// As far as they matter: that they are there, under the names of later ones.
    private static let views = """
        CREATE VIEW results AS
        SELECT result.run_id, pipeline.name AS pipeline, consumer_id, item, result.attempt, result.started_at,
            result.finished_at
        FROM result
        CROSS JOIN job ON job.id = result.job_id
        CROSS JOIN run ON run.id = result.run_id
        CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
        ORDER BY result.id;
        CREATE VIEW consumer_totals AS
        SELECT result.run_id, consumer_id, count(*) AS items, 0 AS total FROM result GROUP BY result.run_id, consumer_id;
        CREATE VIEW runs AS SELECT run.id AS run_id, items, done, failed FROM run;
        CREATE VIEW jobs AS SELECT job.id AS job_id, item, state FROM job;
        """

    private static let content = """
        INSERT INTO pipeline VALUES (1, 'a', 1769904000500, 3, 2, 1), (2, 'b', NULL, NULL, NULL, NULL);
        INSERT INTO run VALUES
            (1, 1, 3, NULL, 1, 3, 2, 1, 1094000, 1769903999999, 1769904001999),
            (2, 2, 0, NULL, 0, 0, 0, 0, 0, 1769904002000, NULL),
            (3, 1, 10, '4', 0, 4, 1, 1, 77000, 1769904003000, NULL);
        INSERT INTO job VALUES
            (1, 1, 2, 1, 1769903999999, '10', NULL),
            (2, 1, 3, 1, 1769903999999, 'x | é' || char(10), 'no'),
            (3, 1, 2, 1, 1769903999999, '32', NULL),
            (4, 3, 0, 1, 1769904003000, '0', NULL),
            (5, 3, 2, 1, 1769904003000, '1', NULL),
            (6, 3, 3, 1, 1769904003000, '2', 'broken'),
            (7, 3, 0, 1, 1769904003000, '3', NULL);
        INSERT INTO result VALUES
            (1, 3, 1, 'c2', 1, 1769904000000, 1769904000100),
            (2, 1, 1, 'c1', 1, 1769904000050, 1769904000150),
            (3, 5, 3, 'c10', 1, 1769904003000, 1769904003100);
        """
}
