/// Where a job stands, as the store knows it.
public enum JobState: String, CaseIterable, Hashable, Sendable {
    /// Ready to be done. What is on the queue or in a handler's hands is pending, too.
    case pending
    /// Waits for its time: it was submitted for later, or it failed and is tried again.
    case scheduled
    /// Waits for other jobs.
    case waiting
    case done
    /// Failed for good: a dead letter.
    case failed
    case cancelled

    /// Whether nothing more will happen to it by itself.
    public var isFinal: Bool {
        switch self {
        case .pending, .scheduled, .waiting: false
        case .done, .failed, .cancelled: true
        }
    }
}
