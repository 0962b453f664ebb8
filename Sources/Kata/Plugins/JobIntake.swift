/// What a handler asks of the jobs that are submitted to its pipeline, and of those who submit them.
///
/// A pipeline whose handler has one takes jobs from nowhere else: its source has no items of its own, and no other pipeline
/// gives it any.
public protocol JobIntake: Sendable {
    /// Who may submit jobs, and change the items of those that wait.
    var submitters: JobSubmitters { get }

    /// The item as it is to be stored, and given to the handler.
    ///
    /// - Throws: ``JobFault`` if there is something wrong with it.
    func accept(item: String) throws(JobFault) -> String
}

/// Who may submit jobs to a pipeline, and change their items.
public enum JobSubmitters: Hashable, Sendable {
    /// The user that the daemon runs as, and nobody else.
    case owner
    /// Every user of this machine who may connect to the daemon's socket.
    case localUsers
}
