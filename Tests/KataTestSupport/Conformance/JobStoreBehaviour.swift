public import Kata

/// What every ``JobStore`` must do with runs, their items and results.
public enum JobStoreBehaviour: String, StoreBehaviour {
    // Runs
    case emptyStore = "an empty store has nothing to tell"
    case startedRun = "a started run is unfinished and at its start"
    case laterRuns = "later runs have larger ids"
    case unfinishedRefused = "a run is refused while the last one is unfinished"
    case unfinishedInTransactionRefused = "a run is refused while one of the same transaction is unfinished"
    case pipelinesApart = "pipelines have unfinished runs of their own"
    case finishedRun = "a finished run is closed with its time"
    case latestRun = "the latest run is the one that was started last"
    case elapsed = "the time spent on a run is saved and does not close it"
    // Jobs
    case addedInOrder = "items become pending jobs in order"
    case progress = "progress is saved with the items"
    case addedNothing = "progress is saved without items"
    case unknownRun = "items for an unknown run are refused"
    case pendingPages = "pending jobs are read page by page"
    case pendingOfRun = "pending jobs are those of one run"
    case pendingUnfinished = "finished jobs are not pending"
    case counts = "counts are by state, over all runs of the pipeline"
    case manyItems = "a run takes 50,000 items"
    // Completions
    case completedOnce = "a job is completed once"
    case otherOutcomeRefused = "a failed job is not done afterwards"
    case completedOnceInTransaction = "a job is completed once within a transaction"
    case wrongAttempt = "another attempt is not completed"
    case unknownJob = "an unknown job is not completed"
    case failedWithoutResult = "a failed job makes no result"
    // Results
    case resultOrder = "results are in the order of consumption"
    case resultPages = "results are read page by page"
    case largeResultPages = "of large items a page of results has few"
    case resultsOfPipeline = "results of one pipeline"
    case resultsOfLatest = "results of the latest run, of one pipeline or of each"
    case resultsOfOneRun = "results of given runs, only if they are of that pipeline"
    case runIDs = "a selection means the runs of its pipeline, in order"
    case totals = "consumer totals count and sum the items of a run"
    case totalsOrder = "consumer totals put c2 before c10"
    case totalsOfNumbers = "consumer totals leave out what is no whole number"
    case totalsFinite = "consumer totals stay finite"
    case itemsKept = "items are kept exactly"
    case longItemKept = "an item of a megabyte is kept exactly"
    // Transactions
    case transactionResult = "a transaction returns what its body returned"
    case transactionThrows = "a body that throws leaves nothing behind"
    case goesOn = "the store goes on after a body that threw"
    case refusalLeavesOthers = "a refusal leaves the other writes of its transaction"
    case attempt = "an attempt that throws leaves nothing behind but what was written before it"
    case openTransactionUnseen = "nothing of an open transaction is read"
    case lastDrain = "the last drain of each pipeline is kept"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .emptyStore: try await Self.checkEmptyStore(store)
        case .startedRun: try await Self.checkStartedRun(store)
        case .laterRuns: try await Self.checkLaterRuns(store)
        case .unfinishedRefused: try await Self.checkUnfinishedRefused(store)
        case .unfinishedInTransactionRefused: try await Self.checkUnfinishedInTransactionRefused(store)
        case .pipelinesApart: try await Self.checkPipelinesApart(store)
        case .finishedRun: try await Self.checkFinishedRun(store)
        case .latestRun: try await Self.checkLatestRun(store)
        case .elapsed: try await Self.checkElapsed(store)
        case .addedInOrder: try await Self.checkAddedInOrder(store)
        case .progress: try await Self.checkProgress(store)
        case .addedNothing: try await Self.checkAddedNothing(store)
        case .unknownRun: try await Self.checkUnknownRun(store)
        case .pendingPages: try await Self.checkPendingPages(store)
        case .pendingOfRun: try await Self.checkPendingOfRun(store)
        case .pendingUnfinished: try await Self.checkPendingUnfinished(store)
        case .counts: try await Self.checkCounts(store)
        case .manyItems: try await Self.checkManyItems(store)
        case .completedOnce: try await Self.checkCompletedOnce(store)
        case .otherOutcomeRefused: try await Self.checkOtherOutcomeRefused(store)
        case .completedOnceInTransaction: try await Self.checkCompletedOnceInTransaction(store)
        case .wrongAttempt: try await Self.checkWrongAttempt(store)
        case .unknownJob: try await Self.checkUnknownJob(store)
        case .failedWithoutResult: try await Self.checkFailedWithoutResult(store)
        case .resultOrder: try await Self.checkResultOrder(store)
        case .resultPages: try await Self.checkResultPages(store)
        case .largeResultPages: try await Self.checkLargeResultPages(store)
        case .resultsOfPipeline: try await Self.checkResultsOfPipeline(store)
        case .resultsOfLatest: try await Self.checkResultsOfLatest(store)
        case .resultsOfOneRun: try await Self.checkResultsOfOneRun(store)
        case .runIDs: try await Self.checkRunIDs(store)
        case .totals: try await Self.checkTotals(store)
        case .totalsOrder: try await Self.checkTotalsOrder(store)
        case .totalsOfNumbers: try await Self.checkTotalsOfNumbers(store)
        case .totalsFinite: try await Self.checkTotalsFinite(store)
        case .itemsKept: try await Self.checkItemsKept(store)
        case .longItemKept: try await Self.checkLongItemKept(store)
        case .transactionResult: try Self.checkTransactionResult(store)
        case .transactionThrows: try await Self.checkTransactionThrows(store)
        case .goesOn: try await Self.checkGoesOn(store)
        case .refusalLeavesOthers: try await Self.checkRefusalLeavesOthers(store)
        case .attempt: try await Self.checkAttempt(store)
        case .openTransactionUnseen: try await Self.checkOpenTransactionUnseen(store)
        case .lastDrain: try await Self.checkLastDrain(store)
        }
    }
}
