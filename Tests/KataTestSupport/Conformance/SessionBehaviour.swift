public import Kata

/// What every ``JobStore`` must do when work on a run begins, breaks off and ends.
public enum SessionBehaviour: String, StoreBehaviour {
    // Sessions
    case begun = "a session begins with what was done before"
    case otherCounts = "a session knows the counts of its pipeline's other runs"
    case brokeOff = "a session knows whether the last one of its run broke off"
    case interrupted = "jobs that were in hand when a session broke off were interrupted"
    case marksEnd = "a job that is finished, scheduled or handed back is in hand no more"
    case marksRefused = "only pending jobs are in hand"
    case sameTransaction = "a session sees what its transaction wrote before"
    case ended = "the end of a session finishes a run that is exhausted and has no job left"
    case notEnded = "the end of a session leaves a run unfinished that has something left"
    case unknownRun = "there are no sessions of an unknown run"
    case drawnBack = "what a clock has put off that was ahead is drawn back"
    case drawnBackHowever = "what was put off is drawn back in whatever way it was, and whatever came since"
    case notDrawnBack = "nothing is drawn back of which a clock that was right has told the time"
    case starts =
        "the beginnings of jobs are kept, the last one of each pipeline and key, until they are to be forgotten"
    // Runs
    case endless = "a run may have a number of items that nobody knows"
    case reopened = "a finished run is opened again"
    case reopenRefused = "a run is not opened again while another one is unfinished"
    case unfinishedRun = "a transaction knows the unfinished run of a pipeline"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .begun: try await Self.checkBegun(store)
        case .otherCounts: try await Self.checkOtherCounts(store)
        case .brokeOff: try await Self.checkBrokeOff(store)
        case .interrupted: try await Self.checkInterrupted(store)
        case .marksEnd: try await Self.checkMarksEnd(store)
        case .marksRefused: try await Self.checkMarksRefused(store)
        case .sameTransaction: try Self.checkSameTransaction(store)
        case .ended: try await Self.checkEnded(store)
        case .notEnded: try await Self.checkNotEnded(store)
        case .unknownRun: try await Self.checkUnknownRun(store)
        case .drawnBack: try await Self.checkDrawnBack(store)
        case .drawnBackHowever: try await Self.checkDrawnBackHowever(store)
        case .notDrawnBack: try await Self.checkNotDrawnBack(store)
        case .starts: try Self.checkStarts(store)
        case .endless: try await Self.checkEndless(store)
        case .reopened: try await Self.checkReopened(store)
        case .reopenRefused: try await Self.checkReopenRefused(store)
        case .unfinishedRun: try Self.checkUnfinishedRun(store)
        }
    }

    static func begin(_ run: Run, in store: any JobStore) throws -> SessionStart {
        try store.transaction { try $0.beginSession(run: run.id) }
    }

    /// - Returns: whether the run is finished with that.
    static func end(
        _ run: Run, elapsed: Duration = .seconds(1), at time: Timestamp = .sampleEnd, in store: any JobStore
    ) throws -> Bool {
        try store.transaction { try $0.endSession(run: run.id, elapsed: elapsed, at: time) }
    }
}
