import GRDB
import Kata

extension SQLiteTransaction {
    func prune(_ jobs: [Job.ID], _ selection: PruneSelection) throws -> Int {
        let find = try SQLStatement(
            """
            SELECT job.result_id FROM job
            CROSS JOIN run ON run.id = job.run_id
            CROSS JOIN pipeline ON pipeline.id = run.pipeline_id
            LEFT JOIN result ON result.id = job.result_id
            WHERE job.id = ?1 AND job.state = ?2 AND pipeline.name = ?3
                AND coalesce(job.finished_at, result.finished_at) < ?4 AND \(SQLiteReader.isNotLatest)\(selection.search.condition(5))
            """, in: database
        )
        find.bind(selection.state.code, at: 2)
        find.bind(selection.pipeline, at: 3)
        find.bind(selection.finishedBefore.milliseconds, at: 4)
        find.bind(selection.search, at: 5)
        let deletions = try [
            "DELETE FROM result_cost WHERE result_id = ?1", "DELETE FROM result WHERE id = ?1",
            "DELETE FROM attempt_cost WHERE attempt_id IN (SELECT id FROM attempt WHERE job_id = ?2)",
            "DELETE FROM attempt WHERE job_id = ?2", "DELETE FROM job_tag WHERE job_id = ?2",
            "DELETE FROM job_trace WHERE job_id = ?2", "DELETE FROM job_copy WHERE job_id = ?2",
            "DELETE FROM checkpoint WHERE job_id = ?2",
            "DELETE FROM cancelled_with WHERE job_id = ?2", "DELETE FROM alarm WHERE job_id = ?2",
            "DELETE FROM schedule_job WHERE job_id = ?2",
            "DELETE FROM job WHERE id = ?2",
        ].map { try SQLStatement($0, in: database) }
        var pruned: [Job.ID] = []
        for job in jobs {
            find.bind(job, at: 1)
            guard let result = try find.rows({ $0.integer(0) }).first else { continue }
            for deletion in deletions.prefix(2) { deletion.bind(result, at: 1) }
            for deletion in deletions.dropFirst(2) { deletion.bind(job, at: 2) }
            for deletion in deletions { try deletion.execute() }
            pruned.append(job)
        }
        try pruneOutputs(of: pruned)
        return pruned.count
    }

    func retentionClock(pipeline: String) throws -> RetentionClock {
        let query = try SQLStatement(
            "SELECT clock_trusted_at, clock_jumped_at FROM pipeline WHERE name = ?1", in: database)
        query.bind(pipeline, at: 1)
        let clocks = try query.rows { RetentionClock(trusted: $0.timestamp(0), jumped: $0.timestamp(1)) }
        return clocks.first ?? RetentionClock()
    }

    func saveRetentionClock(_ clock: RetentionClock, pipeline: String) throws {
        let update = try SQLStatement(
            "UPDATE pipeline SET clock_trusted_at = ?2, clock_jumped_at = ?3 WHERE id = ?1", in: database)
        update.bind(try pipelineID(of: pipeline), at: 1)
        update.bind(clock.trusted?.milliseconds, at: 2)
        update.bind(clock.jumped?.milliseconds, at: 3)
        try update.execute()
    }

    func drawBackEnds(of jobs: [Job.ID], after limit: Timestamp, to time: Timestamp) throws -> Int {
        let updates = try [
            "UPDATE job SET finished_at = ?3 WHERE id = ?1 AND finished_at > ?2",
            """
            UPDATE result SET started_at = min(started_at, ?3), finished_at = ?3
            WHERE id = (SELECT result_id FROM job WHERE id = ?1) AND finished_at > ?2
            """,
        ].map { try SQLStatement($0, in: database) }
        var count = 0
        for job in jobs {
            var isChanged = false
            for update in updates {
                update.bind(job, at: 1)
                update.bind(limit.milliseconds, at: 2)
                update.bind(time.milliseconds, at: 3)
                try update.execute()
                if database.changesCount > 0 { isChanged = true }
            }
            if isChanged { count += 1 }
        }
        return count
    }
}
