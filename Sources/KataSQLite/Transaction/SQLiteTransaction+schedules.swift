import GRDB
import Kata

extension SQLiteTransaction {
    /// What stands in the way of a job of an entry.
    enum ScheduleVerdict {
        case nothing
        /// The job is not added, because of the entry's latest one, or, with 0, without one.
        case left(because: Job.ID)
        /// The job begins after that one.
        case behind(Job.ID)
    }

    func setPaused(_ isPaused: Bool, entry: String, pipeline: String, at time: Timestamp) throws {
        let insert = try SQLStatement(
            """
            INSERT INTO schedule_entry (pipeline_id, entry, paused_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET paused_at = CASE WHEN ?3 IS NULL THEN NULL ELSE coalesce(paused_at, ?3) END
            """, in: database)
        insert.bind(try pipelineID(of: pipeline), at: 1)
        insert.bind(entry, at: 2)
        insert.bind(isPaused ? time.milliseconds : nil, at: 3)
        try insert.execute()
    }

    func verdict(on mark: ScheduleMark, run: Run.ID) throws -> ScheduleVerdict {
        let query = try SQLStatement(
            """
            SELECT paused_at IS NOT NULL, job_id, state FROM schedule_entry LEFT JOIN job ON job.id = job_id
            WHERE pipeline_id = (SELECT pipeline_id FROM run WHERE id = ?1) AND entry = ?2
            """, in: database)
        query.bind(run, at: 1)
        query.bind(mark.entry, at: 2)
        let rows = try query.rows { row in
            (
                isPaused: row.integer(0) != 0, job: row.integer(1),
                isOpen: !row.isNull(2) && !JobState(code: row.integer(2)).isFinal
            )
        }
        guard let (isPaused, job, isOpen) = rows.first else { return .nothing }
        if isPaused && !mark.isAskedFor { return .left(because: job) }
        if !isOpen { return .nothing }
        switch mark.overlap {
        case .skip: return .left(because: job)
        case .queue: return .behind(job)
        case .allow: return .nothing
        }
    }

    /// Keeps which entry a job is of.
    func keep(_ job: Job.ID, of entry: String, run: Run.ID) throws {
        let insert = try SQLStatement("INSERT INTO schedule_job (job_id, entry) VALUES (?1, ?2)", in: database)
        insert.bind(job, at: 1)
        insert.bind(entry, at: 2)
        try insert.execute()
        let latest = try SQLStatement(
            """
            INSERT INTO schedule_entry (pipeline_id, entry, job_id)
            VALUES ((SELECT pipeline_id FROM run WHERE id = ?1), ?2, ?3)
            ON CONFLICT DO UPDATE SET job_id = excluded.job_id
            """, in: database)
        latest.bind(run, at: 1)
        latest.bind(entry, at: 2)
        latest.bind(job, at: 3)
        try latest.execute()
    }
}
