/// What attempts cost, tags, copies and checkpoints. Each is a table of its own: a column would be written with every job.
extension Schema {
    static let costs = """
        -- Of attempts that had a process. Times in microseconds, memory in bytes; how long the job had waited before in
        -- milliseconds.
        CREATE TABLE result_cost (
            result_id INTEGER PRIMARY KEY REFERENCES result,
            user_us INTEGER NOT NULL,
            system_us INTEGER NOT NULL,
            peak_memory INTEGER,
            waited_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE attempt_cost (
            attempt_id INTEGER PRIMARY KEY REFERENCES attempt,
            user_us INTEGER NOT NULL,
            system_us INTEGER NOT NULL,
            peak_memory INTEGER,
            waited_ms INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE job_tag (
            job_id INTEGER NOT NULL REFERENCES job,
            tag TEXT NOT NULL,
            PRIMARY KEY (job_id, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX job_of_tag ON job_tag (tag, job_id);

        -- Corrected copies of other jobs.
        CREATE TABLE job_copy (
            job_id INTEGER PRIMARY KEY REFERENCES job,
            -- May be forgotten by now.
            copy_of INTEGER NOT NULL
        ) STRICT;

        -- What jobs that are not done have left for their next attempts.
        CREATE TABLE checkpoint (
            job_id INTEGER PRIMARY KEY REFERENCES job,
            text TEXT NOT NULL
        ) STRICT;
        """
}
