public import Kata

/// What every ``JobStore`` must do with jobs that wait for others.
public enum DependencyBehaviour: String, StoreBehaviour {
    case released = "a job waits until the last of those is done that it is to wait for"
    case releasedLater = "a job that waited still waits for its time"
    case cancelledWith = "a job is cancelled, and those that wait for it, if one fails or is cancelled"
    case cancelledWithIsKept = "which job another one was cancelled with is kept, until that one is tried again"
    case doneBefore = "a job does not wait for one that is done"
    case failedBefore = "a job is cancelled at once if one has failed or was cancelled"
    case unknown = "a job that is to wait for one that there is not is refused, and all beside it"
    case retried = "a job that waits is made due, and waits for nobody any more"
    case retriedAfter = "a cancelled job is tried again once the job is done that it is to wait for"
    case attempts = "a job goes on waiting for one that is tried again or was interrupted"
    case sessionEnd = "a run is not finished while a job of it waits"
    case patient = "a job that waits for others to be finished goes on whatever became of them"
    case many = "however many jobs wait for one, all of them are told of its end, in the end"
    case before = "the jobs are counted that come before one"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .released: try await Self.checkReleased(store)
        case .releasedLater: try await Self.checkReleasedLater(store)
        case .cancelledWith: try await Self.checkCancelledWith(store)
        case .cancelledWithIsKept: try await Self.checkCancelledWithIsKept(store)
        case .doneBefore: try await Self.checkDoneBefore(store)
        case .failedBefore: try await Self.checkFailedBefore(store)
        case .unknown: try await Self.checkUnknown(store)
        case .retried: try await Self.checkRetried(store)
        case .retriedAfter: try await Self.checkRetriedAfter(store)
        case .attempts: try await Self.checkAttempts(store)
        case .sessionEnd: try await Self.checkSessionEnd(store)
        case .patient: try await Self.checkPatient(store)
        case .many: try await Self.checkMany(store)
        case .before: try await Self.checkBefore(store)
        }
    }
}
