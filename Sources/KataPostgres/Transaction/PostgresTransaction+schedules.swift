import Kata

extension PostgresTransaction {
    /// What stands in the way of a job of an entry.
    enum ScheduleVerdict {
        case nothing
        /// The job is not added, because of the entry's latest one, or, with 0, without one.
        case left(because: Job.ID)
        /// The job begins after that one.
        case behind(Job.ID)
    }

    func setPaused(_ isPaused: Bool, entry: String, pipeline: String, at time: Timestamp) throws {
        write(
            """
            INSERT INTO schedule_entry (pipeline_id, entry, paused_at) VALUES ($1, $2, $3::bigint)
            ON CONFLICT (pipeline_id, entry) DO UPDATE SET
                paused_at = CASE WHEN excluded.paused_at IS NULL THEN NULL
                    ELSE coalesce(schedule_entry.paused_at, excluded.paused_at) END
            """, [.integer(try pipelineID(of: pipeline)), .text(entry), .time(isPaused ? time : nil)])
    }

    func verdict(on mark: ScheduleMark, run: Run.ID) throws -> ScheduleVerdict {
        takeOrder()
        let rows = try rows(
            """
            SELECT paused_at IS NOT NULL, coalesce(job_id, 0), state FROM schedule_entry LEFT JOIN job ON job.id = job_id
            WHERE pipeline_id = (SELECT pipeline_id FROM run WHERE id = $1) AND entry = $2 FOR UPDATE OF schedule_entry
            """, [.integer(run), .text(mark.entry)]
        ) { row in
            (
                isPaused: row.boolean(0), job: row.integer(1),
                isOpen: row.optionalInteger(2).map { !JobState(code: $0).isFinal } ?? false
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
        write("INSERT INTO schedule_job (job_id, entry) VALUES ($1, $2)", [.integer(job), .text(entry)])
        write(
            """
            INSERT INTO schedule_entry (pipeline_id, entry, job_id)
            VALUES ((SELECT pipeline_id FROM run WHERE id = $1), $2, $3)
            ON CONFLICT (pipeline_id, entry) DO UPDATE SET job_id = excluded.job_id
            """, [.integer(run), .text(entry), .integer(job)])
    }
}
