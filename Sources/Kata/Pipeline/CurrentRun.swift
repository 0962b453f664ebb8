/// The run that a pipeline works on, or last worked on, with its consumers.
struct CurrentRun: Sendable {
    let session: RunSession
    let pool: ConsumerPool

    /// Takes in a change that somebody asked for.
    func changed(_ change: JobChange) {
        session.changed(change)
        // A job that a handler has is cut off. A job that was not begun is among the session's cancelled jobs by now.
        if change.new == .cancelled && change.old == .pending {
            // Before it is cut off, and so before its consumer takes it out again.
            session.cancelledInHand.add(change.job)
            let isInHand = pool.cut(change.job, attempt: change.attempt, .cancelled)
            if !isInHand { session.cancelledInHand.remove(change.job) }
        }
    }
}
