/// What kind of failure ended an attempt, where those are counted.
public enum FailureKind: String, CaseIterable, Sendable {
    /// A program ended with an exit code other than 0.
    case exit
    /// A program was ended by a signal.
    case signal
    /// The attempt took longer than it may.
    case timeout
    /// A request over HTTP failed, or was answered with a status that is no success.
    case http
    /// The handler said so, or could not do the job, or its process ended.
    case plugin
    /// The job was not begun any more, because it had been cut off too often.
    case quarantined
}
