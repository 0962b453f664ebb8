/// What others did that work with the same store.
extension Recorder {
    /// The jobs whose ends somebody waits for.
    package var awaitedJobs: [Job.ID] { observers.waiters.jobs }

    /// Takes in what other nodes did to jobs, and that there may be more results.
    package func take(cancelled: [JobChange], finished: [Job.ID]) {
        if !cancelled.isEmpty { observers.tell(cancelled) }
        if !finished.isEmpty { observers.waiters.finished(finished) }
        tellOfCommit()
    }
}
