/// Why a job was made that tells of other jobs.
public enum AlarmKind: String, CaseIterable, Hashable, Sendable {
    /// One or several jobs have failed for good.
    case failure
    /// A job was done after another one had failed.
    case recovery
    /// Nothing was done for longer than was expected.
    case overdue
}
