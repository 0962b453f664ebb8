import Kata

/// Changes of jobs that have not begun.
extension PostgresTransaction {
    func edit(_ job: Job.ID, _ edit: JobEdit, at time: Timestamp) throws -> JobChange {
        takeOrder()
        let before = try change(of: job, to: .scheduled)
        if before.old.isFinal { throw StoreError.wrongState(job: job, state: before.old, action: "edit") }
        let (created, due, gathersFailures) = try rows(
            """
            SELECT created_at, run_at, EXISTS (SELECT 1 FROM gathered_alarm WHERE job_id = $1) FROM job WHERE id = $1
            """, [.integer(job)]
        ) { (Timestamp(milliseconds: $0.integer(0)), $0.timestamp(1), $0.boolean(2)) }[0]
        if edit.item != nil, before.old == .scheduled, gathersFailures { throw StoreError.gathersFailures(job) }
        let isPending = before.old == .pending
        if isPending && edit.leavesPending(created: created, due: due, now: time) {
            return JobChange(
                job: job, attempt: before.attempt, priority: before.priority, runID: before.runID,
                pipeline: before.pipeline, old: .pending, new: .pending, runAt: nil)
        }
        if isPending { try releaseForEdit(job) }
        let state: JobState = isPending ? .scheduled : before.old
        let newTime = edit.time(created: created, due: due)
        // One that goes back to the feed is due again, with the place that its id gives it.
        let runAt = newTime ?? (isPending ? time : due)
        let (setsKey, key): (Bool, String?) =
            switch edit.key {
            case .unchanged: (false, nil)
            case .set(let key): (true, key)
            }
        write(
            """
            UPDATE job SET state = $2, item = coalesce($3::text, item), priority = coalesce($4::bigint, priority),
                run_at = $5::bigint, put_off_at = CASE WHEN $6 THEN $7 ELSE put_off_at END,
                limit_key = CASE WHEN $8 THEN $9::text ELSE limit_key END
            WHERE id = $1
            """,
            [
                .integer(job), .integer(state.code), .text(edit.item), .integer(edit.priority), .time(runAt),
                .boolean(newTime != nil || isPending), .time(time), .boolean(setsKey), .text(key),
            ])
        if edit.item != nil { forgetCheckpoint(of: job) }
        if case .set(let trace) = edit.origin { try replaceTrace(trace, of: job) }
        count(from: before.old, to: state, run: before.runID)
        return JobChange(
            job: job, attempt: before.attempt, priority: before.priority, runID: before.runID,
            pipeline: before.pipeline, old: before.old, new: state, runAt: state == .scheduled ? runAt : nil)
    }
}
