/// Which jobs a node wants.
public struct JobClaim: Sendable {
    /// The run that they are of.
    public var run: Run.ID
    /// Their priority.
    public var priority: Int
    /// Their keys.
    public var keys = JobKeys.all
    /// The job after which they come.
    public var after: Job.ID = 0
    /// The last job that may be among them.
    public var through: Job.ID = .max
    /// How many are wanted at the most.
    public var limit: Int
    /// How many jobs with the same key all nodes together may have; `nil` means any number.
    public var concurrencyPerKey: Int?
    /// Whether jobs are meant, too, that this node has already.
    public var takesOwn = false
    /// Whether the jobs of the run are of use on one machine only: where they come from.
    public var isLocal = false

    /// Jobs of a run and a priority, whichever come first.
    public init(run: Run.ID, priority: Int, limit: Int) {
        self.run = run
        self.priority = priority
        self.limit = limit
    }
}
