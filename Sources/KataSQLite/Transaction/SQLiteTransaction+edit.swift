import GRDB
import Kata

/// Changes of jobs that have not begun.
extension SQLiteTransaction {
    func edit(_ job: Job.ID, _ edit: JobEdit, at time: Timestamp) throws -> JobChange {
        let before = try change(of: job, to: .scheduled)
        if before.old.isFinal { throw StoreError.wrongState(job: job, state: before.old, action: "edit") }
        if edit.item != nil, before.old == .scheduled, try gathersFailures(job) {
            throw StoreError.gathersFailures(job)
        }
        let query = try SQLStatement("SELECT created_at, run_at FROM job WHERE id = ?1", in: database)
        query.bind(job, at: 1)
        let (created, due) = try query.rows { (Timestamp(milliseconds: $0.integer(0)), $0.timestamp(1)) }[0]
        let isPending = before.old == .pending
        if isPending && edit.leavesPending(created: created, due: due, now: time) {
            return try change(of: job, to: .pending)
        }
        let state: JobState = isPending ? .scheduled : before.old
        let newTime = edit.time(created: created, due: due)
        // One that goes back to the feed is due again, with the place that its id gives it.
        let runAt = newTime ?? (isPending ? time : due)
        let update = try SQLStatement(
            """
            UPDATE job SET state = ?2, item = coalesce(?3, item), priority = coalesce(?4, priority), run_at = ?5,
                put_off_at = CASE WHEN ?6 THEN ?7 ELSE put_off_at END,
                limit_key = CASE WHEN ?8 THEN ?9 ELSE limit_key END
            WHERE id = ?1
            """, in: database
        )
        update.bind(job, at: 1)
        update.bind(state.code, at: 2)
        update.bind(edit.item, at: 3)
        update.bind(edit.priority.map(Int64.init), at: 4)
        update.bind(runAt?.milliseconds, at: 5)
        update.bind(newTime != nil || isPending ? 1 : 0, at: 6)
        update.bind(time.milliseconds, at: 7)
        switch edit.key {
        case .unchanged:
            update.bind(0, at: 8)
            update.bind(String?.none, at: 9)
        case .set(let key):
            update.bind(1, at: 8)
            update.bind(key, at: 9)
        }
        try update.execute()
        if edit.item != nil { try forgetCheckpoint(of: job) }
        if case .set(let trace) = edit.origin { try replaceTrace(trace, of: job) }
        count(from: before.old, to: state, run: before.runID)
        return JobChange(
            job: job, attempt: before.attempt, priority: before.priority, runID: before.runID,
            pipeline: before.pipeline, old: before.old, new: state, runAt: state == .scheduled ? runAt : nil)
    }

    private func gathersFailures(_ job: Job.ID) throws -> Bool {
        let query = try SQLStatement("SELECT 1 FROM gathered_alarm WHERE job_id = ?1", in: database)
        query.bind(job, at: 1)
        return try !query.rows { _ in () }.isEmpty
    }
}
