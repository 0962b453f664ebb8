/// What the migration for those who wait for jobs, and look for them, does with the tables. A released one is not changed.
extension Schema {
    static let exitCodes = """
        -- What the program of the attempt ended with, 128 and the signal if it was killed; NULL if there was none.
        ALTER TABLE attempt ADD COLUMN exit_code INTEGER;
        """
}
