import GRDB
import Kata

extension SQLiteTransaction {
    func origin(of job: Job.ID) throws -> JobOrigin? {
        let query = try SQLStatement(
            """
            SELECT created_at, EXISTS (SELECT 1 FROM alarm WHERE job_id = job.id),
                (SELECT entry FROM schedule_job WHERE job_id = job.id)
            FROM job WHERE id = ?1
            """, in: database)
        query.bind(job, at: 1)
        return try query.rows { row in
            JobOrigin(
                createdAt: Timestamp(milliseconds: row.integer(0)), isAlarm: row.integer(1) != 0,
                entry: row.isNull(2) ? nil : row.text(2))
        }.first
    }

    func saveAlarm(_ job: Job.ID, of pipeline: String, _ kind: AlarmKind) throws {
        let insert = try SQLStatement(
            "INSERT OR REPLACE INTO alarm (job_id, pipeline_id, kind) VALUES (?1, ?2, ?3)", in: database)
        insert.bind(job, at: 1)
        insert.bind(try pipelineID(of: pipeline), at: 2)
        insert.bind(kind.rawValue, at: 3)
        try insert.execute()
    }

    func gatheredAlarm(of pipeline: String) throws -> GatheredAlarm? {
        let query = try SQLStatement(
            """
            SELECT job_id, target.name, due_at, job.state = 1 AND job.attempt = 1 AND job.interruptions = 0,
                failures, last_at, head, examples, example_count
            FROM gathered_alarm
            LEFT JOIN job ON job.id = job_id
            LEFT JOIN run ON run.id = job.run_id
            LEFT JOIN pipeline AS target ON target.id = run.pipeline_id
            WHERE gathered_alarm.pipeline_id = (SELECT id FROM pipeline WHERE name = ?1)
            """, in: database)
        query.bind(pipeline, at: 1)
        return try query.rows { row in
            GatheredAlarm(
                job: row.integer(0), target: row.text(1), dueAt: Timestamp(milliseconds: row.integer(2)),
                isWaiting: row.integer(3) != 0,
                failures: GatheredFailures(
                    count: Int(row.integer(4)), lastAt: Timestamp(milliseconds: row.integer(5)), head: row.text(6),
                    examples: row.text(7), exampleCount: Int(row.integer(8))))
        }.first
    }

    func saveGathered(_ alarm: GatheredAlarm, of pipeline: String) throws {
        let insert = try SQLStatement(
            """
            INSERT OR REPLACE INTO gathered_alarm
                (pipeline_id, job_id, due_at, failures, last_at, head, examples, example_count)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, in: database)
        insert.bind(try pipelineID(of: pipeline), at: 1)
        insert.bind(alarm.job, at: 2)
        insert.bind(alarm.dueAt.milliseconds, at: 3)
        insert.bind(Int64(alarm.failures.count), at: 4)
        insert.bind(alarm.failures.lastAt.milliseconds, at: 5)
        insert.bind(alarm.failures.head, at: 6)
        insert.bind(alarm.failures.examples, at: 7)
        insert.bind(Int64(alarm.failures.exampleCount), at: 8)
        try insert.execute()
    }

    func extendAlarm(of pipeline: String, _ failures: GatheredFailures, item: String) throws {
        let update = try SQLStatement(
            """
            UPDATE gathered_alarm SET failures = ?2, last_at = ?3, examples = ?4, example_count = ?5
            WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?1) RETURNING job_id
            """, in: database)
        update.bind(pipeline, at: 1)
        update.bind(Int64(failures.count), at: 2)
        update.bind(failures.lastAt.milliseconds, at: 3)
        update.bind(failures.examples, at: 4)
        update.bind(Int64(failures.exampleCount), at: 5)
        guard let job = try update.rows({ $0.integer(0) }).first else { return }
        // Only while it is scheduled: nobody has read its item yet.
        let items = try SQLStatement("UPDATE job SET item = ?2 WHERE id = ?1 AND state = 1", in: database)
        items.bind(job, at: 1)
        items.bind(item, at: 2)
        try items.execute()
    }

    func noteFailure(of job: Job.ID, scope: String, pipeline: String, at time: Timestamp) throws {
        let insert = try SQLStatement(
            """
            INSERT INTO open_failure (pipeline_id, scope, job_id, since, failures) VALUES (?1, ?2, ?3, ?4, 1)
            ON CONFLICT DO UPDATE SET job_id = excluded.job_id, failures = failures + 1
            """, in: database)
        insert.bind(try pipelineID(of: pipeline), at: 1)
        insert.bind(scope, at: 2)
        insert.bind(job, at: 3)
        insert.bind(time.milliseconds, at: 4)
        try insert.execute()
    }

    func hasOpenFailures(pipeline: String) throws -> Bool {
        let query = try SQLStatement(
            "SELECT 1 FROM open_failure WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?1) LIMIT 1",
            in: database)
        query.bind(pipeline, at: 1)
        return try !query.rows { _ in () }.isEmpty
    }

    func takeOpenFailure(scope: String, pipeline: String) throws -> OpenFailure? {
        let delete = try SQLStatement(
            """
            DELETE FROM open_failure WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?1) AND scope = ?2
            RETURNING job_id, since, failures
            """, in: database)
        delete.bind(pipeline, at: 1)
        delete.bind(scope, at: 2)
        return try delete.rows { row in
            OpenFailure(
                job: row.integer(0), since: Timestamp(milliseconds: row.integer(1)), count: Int(row.integer(2)))
        }.first
    }
}
