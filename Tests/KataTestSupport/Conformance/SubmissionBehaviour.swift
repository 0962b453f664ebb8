public import Kata

/// What every ``JobStore`` must do with jobs that are submitted.
public enum SubmissionBehaviour: String, StoreBehaviour {
    // Jobs
    case inOrder = "submitted jobs are added in order, with all that was said of them"
    case byTime = "a job whose time has not come is scheduled, any other is pending"
    case none = "no job is submitted"
    case unknownRun = "jobs for an unknown run are refused"
    case counted = "submitted jobs are counted with the items of their run"
    // Unique keys
    case uniqueUnfinished = "a job is a duplicate of an unfinished one of its key"
    case uniqueInOneRequest = "a job is a duplicate of one of the same request"
    case uniqueFinished = "a finished job stands in nobody's way"
    case uniqueWithin = "a job is a duplicate of one that was finished less than so long ago"
    case uniqueOfFormerRun = "a job is a duplicate of one of a former run"
    case uniqueCancelled = "a cancelled job stands in nobody's way, however short ago it was"
    case uniqueHeld = "a cancelled job stands in the way of its key as long as it is held"
    case uniqueOfOtherPipeline = "a job of another pipeline stands in nobody's way"
    case uniqueRetried = "a job that is tried again stands in the way again"
    case uniqueExact = "unique keys are told apart by each character"
    case uniqueThing = "a job is a duplicate of an unfinished one about the same thing, as it was before"
    // Jobs that have failed already
    case failedBefore = "a job that has failed before it began is added as failed, with the reason"
    // Idempotency keys
    case submissionKept = "what was submitted is kept under its key"
    case submissionOfPipeline = "each pipeline has idempotency keys of its own"
    case submissionExpires = "what was kept before the expiry is forgotten, and nothing else"
    case submissionUndone = "what was submitted in a transaction that threw is not kept"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .inOrder: try await Self.checkInOrder(store)
        case .byTime: try await Self.checkByTime(store)
        case .none: try await Self.checkNone(store)
        case .unknownRun: try await Self.checkUnknownRun(store)
        case .counted: try await Self.checkCounted(store)
        case .uniqueUnfinished: try await Self.checkUniqueUnfinished(store)
        case .uniqueInOneRequest: try await Self.checkUniqueInOneRequest(store)
        case .uniqueFinished: try await Self.checkUniqueFinished(store)
        case .uniqueWithin: try await Self.checkUniqueWithin(store)
        case .uniqueOfFormerRun: try await Self.checkUniqueOfFormerRun(store)
        case .uniqueThing: try await Self.checkUniqueThing(store)
        case .failedBefore: try await Self.checkFailedBefore(store)
        case .uniqueCancelled: try await Self.checkUniqueCancelled(store)
        case .uniqueHeld: try await Self.checkUniqueHeld(store)
        case .uniqueOfOtherPipeline: try Self.checkUniqueOfOtherPipeline(store)
        case .uniqueRetried: try await Self.checkUniqueRetried(store)
        case .uniqueExact: try Self.checkUniqueExact(store)
        case .submissionKept: try Self.checkSubmissionKept(store)
        case .submissionOfPipeline: try Self.checkSubmissionOfPipeline(store)
        case .submissionExpires: try Self.checkSubmissionExpires(store)
        case .submissionUndone: try Self.checkSubmissionUndone(store)
        }
    }
}
