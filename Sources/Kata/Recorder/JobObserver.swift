/// Takes in what was committed about a pipeline's jobs, so that what is in memory follows the store.
///
/// Its methods are called on the recorder's thread, in the order of the commits, and must not block.
protocol JobObserver: AnyObject, Sendable {
    /// Jobs were added to a run, with what became of each.
    func added(_ jobs: [NewJob], _ submitted: [SubmittedJob], to run: Run.ID)

    /// The pipeline's jobs that are cancelled, and that a handler still has in hand.
    var cancelledInHand: Set<Job.ID> { get }

    /// The pipeline was paused, or resumed.
    func pauseChanged(_ isPaused: Bool)

    /// Has a job of that run watched, because somebody is about to edit it.
    ///
    /// - Returns: `nil` if a handler has it in hand.
    func watch(_ job: Job.ID, run: Run.ID) -> JobWatch?

    /// Ends a watch, once the edit is over.
    func unwatch(_ watch: JobWatch)

    /// Whether no consumer has begun a job since it has been watched, and none that has not seen that can. To be asked in
    /// the transaction that edits it.
    func isUnbegun(_ watch: JobWatch) -> Bool

    /// A run is so far, with what all nodes have done.
    func take(_ tally: RunTally)

    /// This node had been taken for gone: others may do what its handlers have in hand.
    func sessionWasLost()

    /// A job changed by other ways than an attempt at it.
    func changed(_ change: JobChange)
}
