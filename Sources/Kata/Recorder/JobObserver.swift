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

    /// A job changed by other ways than an attempt at it.
    func changed(_ change: JobChange)
}
