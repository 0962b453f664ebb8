/// What several daemons need that work with the database at the same time.
extension Schema {
    static let nodes = [
        // Whether the session's daemon claims jobs, so that others may work beside it.
        "ALTER TABLE session ADD COLUMN claims boolean NOT NULL DEFAULT false",
        // When it showed its last sign of life.
        "ALTER TABLE session ADD COLUMN seen_at timestamptz NOT NULL DEFAULT clock_timestamp()",
        // Since when it has shown one again and again, without a pause that its lease would not bear.
        "ALTER TABLE session ADD COLUMN contact_since timestamptz NOT NULL DEFAULT clock_timestamp()",
        // Which session has a job, from its claim until its outcome is recorded. Rows come and go with each job.
        """
        CREATE TABLE claim (
            job_id bigint PRIMARY KEY,
            session_id bigint NOT NULL,
            run_id bigint NOT NULL,
            -- The attempt at which somebody else has cancelled the job, which the session is to learn; NULL if nobody has.
            cancelled_attempt integer
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)
        """,
        "CREATE INDEX claim_cancelled ON claim (session_id) WHERE cancelled_attempt IS NOT NULL",
        // One more with each change of what is counted: which of two tallies is the later one.
        "ALTER TABLE run ADD COLUMN version bigint NOT NULL DEFAULT 0",
        // The only node that can read the source; NULL if all can, or none has yet.
        "ALTER TABLE run ADD COLUMN source_node text COLLATE \"C\"",
        // Jobs that only one node can do.
        """
        CREATE TABLE job_node (
            job_id bigint PRIMARY KEY,
            node text COLLATE "C" NOT NULL
        )
        """,
        // When the next job may begin, where there is a rate. The key is empty for the rate of all jobs.
        """
        CREATE TABLE turn (
            pipeline_id bigint NOT NULL REFERENCES pipeline,
            key text COLLATE "C" NOT NULL,
            next_us bigint NOT NULL,
            PRIMARY KEY (pipeline_id, key)
        ) WITH (fillfactor = 50)
        """,
        // What each node does, as it said last, and what it is asked to do.
        """
        CREATE TABLE node_pipeline (
            node text COLLATE "C" NOT NULL,
            pipeline_id bigint NOT NULL REFERENCES pipeline,
            state text COLLATE "C" NOT NULL,
            workers integer NOT NULL,
            running integer NOT NULL,
            rate double precision NOT NULL,
            -- After how many interruptions a job is quarantined.
            interruptions integer NOT NULL,
            -- NULL unless somebody has asked for it.
            wanted integer,
            PRIMARY KEY (node, pipeline_id)
        ) WITH (fillfactor = 50)
        """,
        // Consumers node by node, c2 before c10.
        """
        CREATE OR REPLACE VIEW consumer_totals AS
        SELECT result.run_id, pipeline.name AS pipeline, consumer_id, count(*) AS items,
            sum(CASE WHEN length(item) <= 301 AND item ~ '^-?[0-9]+$' THEN item::double precision ELSE 0 END) AS total
        FROM result
        JOIN job ON job.id = result.job_id
        JOIN run ON run.id = result.run_id
        JOIN pipeline ON pipeline.id = run.pipeline_id
        GROUP BY result.run_id, pipeline.name, consumer_id
        ORDER BY result.run_id, \(consumerOrder)
        """,
    ]

    /// Sorts ids of consumers.
    static let consumerOrder = """
        rtrim(consumer_id, 'c0123456789'), length(consumer_id), consumer_id
        """
}
