public import Kata

/// What every ``JobStore`` must tell of its jobs and pipelines.
public enum JobReadingBehaviour: String, StoreBehaviour {
    case priorities = "the priorities of pending jobs are told, the highest first"
    case ofPriority = "pending jobs are read by priority, in order of id"
    case ofKeys = "pending jobs are read by key, and without those of some keys, in order of id"
    case lastPending = "the last pending job of a priority is told"
    case beforeOfKeys = "jobs that come before another one are counted by key, and without those of some keys"
    case readySince = "a job that is given out says since when it could have begun"
    case ages = "it is told since when the work of a pipeline waits that is not in hand"
    case lastSuccess = "it is told when a job of a pipeline was done last, in whatever run"
    case nextDue = "the first time that a scheduled job of a run is due is told"
    case listed = "jobs are listed, the latest first"
    case listedByState = "jobs of one state are listed"
    case listedByPipeline = "jobs of one pipeline are listed, of all its runs"
    case listedInPages = "jobs are listed page by page"
    case searched = "jobs are found by each of their texts, keys and times, and by their group of failures"
    case searchedInPages = "a search goes on where it ended, and comes to an end"
    case searchedByState =
        "jobs of a state are found, the latest first, and those that are done in the order of their ends"
    case exitCode = "the exit code of a failed attempt is kept, and told of a job as long as it has failed"
    case lastDurations = "how long a job's last attempt took is told, as soon as one is over"
    case details = "given jobs are told with all that is known of them, as many as fit in a page"
    case detailsOfManyAttempts = "of attempts that do not fit in a page the first ones are told with their job"
    case listedCut = "long texts of listed jobs are cut, and their length is told"
    case listedByID = "given jobs are listed, those that there are"
    case attemptPages = "attempts are read page by page, as their texts are large"
    case unknownJob = "there is nothing to tell of an unknown job"
    case paused = "a pipeline is paused until somebody says otherwise"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .priorities: try await Self.checkPriorities(store)
        case .ofPriority: try await Self.checkOfPriority(store)
        case .ofKeys: try await Self.checkOfKeys(store)
        case .lastPending: try await Self.checkLastPending(store)
        case .beforeOfKeys: try await Self.checkBeforeOfKeys(store)
        case .readySince: try await Self.checkReadySince(store)
        case .ages: try await Self.checkAges(store)
        case .lastSuccess: try await Self.checkLastSuccess(store)
        case .nextDue: try await Self.checkNextDue(store)
        case .listed: try await Self.checkListed(store)
        case .listedByState: try await Self.checkListedByState(store)
        case .listedByPipeline: try await Self.checkListedByPipeline(store)
        case .listedInPages: try await Self.checkListedInPages(store)
        case .searched: try await Self.checkSearched(store)
        case .searchedInPages: try await Self.checkSearchedInPages(store)
        case .searchedByState: try await Self.checkSearchedByState(store)
        case .exitCode: try await Self.checkExitCode(store)
        case .lastDurations: try await Self.checkLastDurations(store)
        case .details: try await Self.checkDetails(store)
        case .detailsOfManyAttempts: try await Self.checkDetailsOfManyAttempts(store)
        case .listedCut: try await Self.checkListedCut(store)
        case .listedByID: try await Self.checkListedByID(store)
        case .attemptPages: try await Self.checkAttemptPages(store)
        case .unknownJob: try await Self.checkUnknownJob(store)
        case .paused: try await Self.checkPaused(store)
        }
    }
}
