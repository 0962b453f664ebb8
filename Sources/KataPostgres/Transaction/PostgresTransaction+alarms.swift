import Kata

extension PostgresTransaction {
    func origin(of job: Job.ID) throws -> JobOrigin? {
        try rows(
            """
            SELECT created_at, EXISTS (SELECT 1 FROM alarm WHERE job_id = job.id),
                (SELECT entry FROM schedule_job WHERE job_id = job.id)
            FROM job WHERE id = $1
            """, [.integer(job)]
        ) { row in
            JobOrigin(
                createdAt: Timestamp(milliseconds: row.integer(0)), isAlarm: row.boolean(1), entry: row.optionalText(2))
        }.first
    }

    func saveAlarm(_ job: Job.ID, of pipeline: String, _ kind: AlarmKind) throws {
        write(
            """
            INSERT INTO alarm (job_id, pipeline_id, kind) VALUES ($1, $2, $3)
            ON CONFLICT (job_id) DO UPDATE SET pipeline_id = excluded.pipeline_id, kind = excluded.kind
            """, [.integer(job), .integer(try pipelineID(of: pipeline)), .text(kind.rawValue)])
    }

    func gatheredAlarm(of pipeline: String) throws -> GatheredAlarm? {
        takeOrder()
        return try rows(
            """
            SELECT job_id, coalesce(target.name, ''), due_at,
                coalesce(job.state = 1 AND job.attempt = 1 AND job.interruptions = 0, false),
                failures, last_at, head, examples, example_count
            FROM gathered_alarm
            LEFT JOIN job ON job.id = job_id
            LEFT JOIN run ON run.id = job.run_id
            LEFT JOIN pipeline AS target ON target.id = run.pipeline_id
            WHERE gathered_alarm.pipeline_id = (SELECT id FROM pipeline WHERE name = $1)
            FOR UPDATE OF gathered_alarm
            """, [.text(pipeline)]
        ) { row in
            GatheredAlarm(
                job: row.integer(0), target: row.text(1), dueAt: Timestamp(milliseconds: row.integer(2)),
                isWaiting: row.boolean(3),
                failures: GatheredFailures(
                    count: Int(row.integer(4)), lastAt: Timestamp(milliseconds: row.integer(5)), head: row.text(6),
                    examples: row.text(7), exampleCount: Int(row.integer(8))))
        }.first
    }

    func saveGathered(_ alarm: GatheredAlarm, of pipeline: String) throws {
        write(
            """
            INSERT INTO gathered_alarm (pipeline_id, job_id, due_at, failures, last_at, head, examples, example_count)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (pipeline_id) DO UPDATE SET job_id = excluded.job_id, due_at = excluded.due_at,
                failures = excluded.failures, last_at = excluded.last_at, head = excluded.head,
                examples = excluded.examples, example_count = excluded.example_count
            """,
            [
                .integer(try pipelineID(of: pipeline)), .integer(alarm.job), .time(alarm.dueAt),
                .integer(alarm.failures.count), .time(alarm.failures.lastAt), .text(alarm.failures.head),
                .text(alarm.failures.examples), .integer(alarm.failures.exampleCount),
            ])
    }

    func extendAlarm(of pipeline: String, _ failures: GatheredFailures, item: String) throws {
        // The item only while the job is scheduled: nobody has read it yet.
        write(
            """
            WITH extended AS (
                UPDATE gathered_alarm SET failures = $2, last_at = $3, examples = $4, example_count = $5
                WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $1) RETURNING job_id
            )
            UPDATE job SET item = $6 FROM extended WHERE id = job_id AND state = 1
            """,
            [
                .text(pipeline), .integer(failures.count), .time(failures.lastAt), .text(failures.examples),
                .integer(failures.exampleCount), .text(item),
            ])
    }

    func noteFailure(of job: Job.ID, scope: String, pipeline: String, at time: Timestamp) throws {
        write(
            """
            INSERT INTO open_failure (pipeline_id, scope, job_id, since, failures) VALUES ($1, $2, $3, $4, 1)
            ON CONFLICT (pipeline_id, scope)
                DO UPDATE SET job_id = excluded.job_id, failures = open_failure.failures + 1
            """, [.integer(try pipelineID(of: pipeline)), .text(scope), .integer(job), .time(time)])
    }

    func hasOpenFailures(pipeline: String) throws -> Bool {
        try rows(
            "SELECT EXISTS (SELECT 1 FROM open_failure WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $1))",
            [.text(pipeline)]
        ) { $0.boolean(0) }[0]
    }

    func takeOpenFailure(scope: String, pipeline: String) throws -> OpenFailure? {
        try returning(
            """
            DELETE FROM open_failure WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $1) AND scope = $2
            RETURNING job_id, since, failures
            """, [.text(pipeline), .text(scope)]
        ) { row in
            OpenFailure(
                job: row.integer(0), since: Timestamp(milliseconds: row.integer(1)), count: Int(row.integer(2)))
        }.first
    }
}
