/// Where a job stands, as the store knows it.
public enum JobState: String, CaseIterable, Hashable, Sendable {
    /// Ready to be done. A job on the queue or in a handler's hands is pending, too.
    case pending
    /// Waits for its time: the job was submitted for later, or it failed and is tried again.
    case scheduled
    /// Waits for other jobs to be done or finished.
    case waiting
    /// Handled well, with a result.
    case done
    /// Failed for good: a dead letter.
    case failed
    /// Cancelled by somebody, or because a job that it waited for failed or was cancelled.
    case cancelled

    /// Whether nothing more will happen to the job by itself.
    public var isFinal: Bool {
        switch self {
        case .pending, .scheduled, .waiting: false
        case .done, .failed, .cancelled: true
        }
    }
}
