public import Kata

/// What every ``JobStore`` must do with attempts at jobs, and with jobs that are scheduled, cancelled or tried again.
public enum JobChangeBehaviour: String, StoreBehaviour {
    // Attempts
    case done = "a job that is done has its time and no error"
    case failed = "a job that failed for good has its reason and its time"
    case retried = "a job that is to be tried again is scheduled, for its next attempt"
    case cutOff = "a job that was cut off stays pending, and that costs no attempt"
    case interrupted = "a job that was cut off through no fault of its own is scheduled, and that costs no attempt"
    case refused = "no outcome is taken of a job that is not pending, or of another attempt"
    case attempts = "the attempts at a job are kept in order"
    case attemptsOfNone = "an interruption is no attempt"
    // Promotion
    case promoted = "a scheduled job becomes pending when its time has come"
    case promotedInOrder = "jobs are promoted in order of their time, then of their id"
    case promotedUpToLimit = "no more jobs are promoted than were asked for"
    case promotedOfRun = "only scheduled jobs of that run are promoted"
    // Requests
    case cancelled = "a job that is not finished is cancelled"
    case cancelRefused = "a job that is finished or unknown is not cancelled"
    case triedAgain = "a failed or cancelled job gets one more attempt, due now"
    case triedSooner = "a scheduled job is made due, and that costs no attempt"
    case retryRefused = "a job that is pending, done or unknown is not tried again"
    case retryUnique = "a finished job is not tried again while another one has its unique key"
    case edited = "a job that is not finished is edited, and a pending one comes back when it is due"
    case editRefused = "a job that is finished or unknown is not edited"
    case checkpoint = "a checkpoint is kept of a pending job at its attempt, until the job is done or has another item"
    case cost = "what an attempt has cost is kept with it, and how long the job had waited"
    case copies =
        "a copy tells of others, and is of an entry of a schedule, as the job does and is that it is a copy of"
    case gathering = "the item of a job that gathers failures is not edited until it is due"
    case tags = "jobs are found by their tags"
    case counted = "each change moves a job from one count to another"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .done: try await Self.checkDone(store)
        case .failed: try await Self.checkFailed(store)
        case .retried: try await Self.checkRetried(store)
        case .cutOff: try await Self.checkCutOff(store)
        case .interrupted: try await Self.checkInterrupted(store)
        case .refused: try await Self.checkRefused(store)
        case .attempts: try await Self.checkAttempts(store)
        case .attemptsOfNone: try await Self.checkAttemptsOfNone(store)
        case .promoted: try await Self.checkPromoted(store)
        case .promotedInOrder: try await Self.checkPromotedInOrder(store)
        case .promotedUpToLimit: try await Self.checkPromotedUpToLimit(store)
        case .promotedOfRun: try await Self.checkPromotedOfRun(store)
        case .cancelled: try await Self.checkCancelled(store)
        case .cancelRefused: try await Self.checkCancelRefused(store)
        case .triedAgain: try await Self.checkTriedAgain(store)
        case .triedSooner: try await Self.checkTriedSooner(store)
        case .retryRefused: try await Self.checkRetryRefused(store)
        case .retryUnique: try await Self.checkRetryUnique(store)
        case .edited: try await Self.checkEdited(store)
        case .editRefused: try await Self.checkEditRefused(store)
        case .checkpoint: try await Self.checkCheckpoint(store)
        case .cost: try await Self.checkCost(store)
        case .copies: try await Self.checkCopies(store)
        case .gathering: try await Self.checkGathering(store)
        case .tags: try await Self.checkTags(store)
        case .counted: try await Self.checkCounted(store)
        }
    }
}
