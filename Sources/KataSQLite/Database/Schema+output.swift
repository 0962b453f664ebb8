/// What attempts print.
extension Schema {
    static let outputs = """
        -- What an attempt has printed; only of those that print.
        CREATE TABLE job_output (
            id INTEGER PRIMARY KEY,
            job_id INTEGER NOT NULL REFERENCES job,
            pipeline_id INTEGER NOT NULL REFERENCES pipeline,
            attempt INTEGER NOT NULL,
            consumer_id TEXT NOT NULL,
            -- When its first byte was printed.
            began_at INTEGER NOT NULL,
            -- NULL while the attempt is under way, and if the daemon ended before it.
            ended_at INTEGER,
            -- When the attempt began, as attempt and result have it; NULL if neither does.
            attempt_started_at INTEGER,
            -- Whether what the attempt keeps, in result or attempt, is only a copy of a part of this.
            holds_kept INTEGER NOT NULL,
            -- In bytes: all that was printed, and what of it there is in job_output_piece.
            printed INTEGER NOT NULL,
            kept INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX job_output_of_job ON job_output (job_id, began_at);
        CREATE INDEX job_output_kept ON job_output (pipeline_id) WHERE kept > 0;

        CREATE TABLE job_output_piece (
            id INTEGER PRIMARY KEY,
            output_id INTEGER NOT NULL REFERENCES job_output,
            -- How many bytes were printed before.
            position INTEGER NOT NULL,
            -- 0 standard output, 1 standard error
            stream INTEGER NOT NULL,
            printed_at INTEGER NOT NULL,
            -- As it was printed, which may be no UTF-8.
            data BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX job_output_piece_of_output ON job_output_piece (output_id, position);

        -- How many bytes of outputs there are.
        ALTER TABLE pipeline ADD COLUMN output_bytes INTEGER NOT NULL DEFAULT 0;
        """
}
