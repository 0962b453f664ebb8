import Dispatch
import Kata
import Synchronization

/// A store in memory that stops before each commit until it is let go on, so that a test can see what a recorder does
/// meanwhile.
final class StepStore: JobStore {
    let memory = MemoryJobStore()
    private let mayCommit = DispatchSemaphore(value: 0)
    private let begun = Mutex<[Signal]>([])
    private let state = Mutex((transactions: 0, failure: (any Error)?.none))

    /// How many transactions were begun.
    var transactions: Int { state.withLock { $0.transactions } }

    /// Waits until the body of that transaction, counted from 1, was carried out and only its commit is missing.
    func waitForTransaction(_ number: Int) async throws {
        try await signal(number).wait()
    }

    /// Lets as many transactions commit.
    func letCommit(_ count: Int = 1) {
        for _ in 0..<count { mayCommit.signal() }
    }

    /// Lets all transactions commit from now on, as far as a test gets.
    func letAllCommit() { letCommit(100_000) }

    /// Lets the transaction that waits, and all later ones, fail.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = error }
        letAllCommit()
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try memory.transaction { transaction in
            let number = state.withLock { state in
                state.transactions += 1
                return state.transactions
            }
            let result = try body(transaction)
            signal(number).fire()
            mayCommit.wait()
            if let failure = state.withLock({ $0.failure }) { throw failure }
            return result
        }
    }

    func unfinishedRun(pipeline: String) async throws -> Run? {
        try await memory.unfinishedRun(pipeline: pipeline)
    }

    func latestRun(pipeline: String) async throws -> Run? {
        try await memory.latestRun(pipeline: pipeline)
    }

    func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await memory.pendingPriorities(run: run)
    }

    func pendingJobs(run: Run.ID, priority: Int, after id: Job.ID, limit: Int) async throws -> [Job] {
        try await memory.pendingJobs(run: run, priority: priority, after: id, limit: limit)
    }

    func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await memory.nextDue(run: run)
    }

    func isPaused(pipeline: String) async throws -> Bool {
        try await memory.isPaused(pipeline: pipeline)
    }

    func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await memory.jobs(filter, before: id, limit: limit)
    }

    func job(_ id: Job.ID) async throws -> JobRecord? {
        try await memory.job(id)
    }

    func attempts(job: Job.ID) async throws -> [Attempt] {
        try await memory.attempts(job: job)
    }

    func prunableJobs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await memory.prunableJobs(selection, after: id, limit: limit)
    }

    func jobIDs(pipeline: String, state: JobState, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await memory.jobIDs(pipeline: pipeline, state: state, after: id, limit: limit)
    }

    func blockers(job: Job.ID) async throws -> [Job.ID] {
        try await memory.blockers(job: job)
    }

    func jobsBefore(_ id: Job.ID, priority: Int, run: Run.ID, limit: Int) async throws -> Int {
        try await memory.jobsBefore(id, priority: priority, run: run, limit: limit)
    }

    func counts(pipeline: String) async throws -> JobCounts {
        try await memory.counts(pipeline: pipeline)
    }

    func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        try await memory.runIDs(in: selection)
    }

    func latestResultID() async throws -> JobResult.ID {
        try await memory.latestResultID()
    }

    func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        try await memory.results(selection, after: id, limit: limit)
    }

    func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await memory.consumerTotals(run: run)
    }

    func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await memory.lastDrain(pipeline: pipeline)
    }

    private func signal(_ number: Int) -> Signal {
        begun.withLock { signals in
            while signals.count < number { signals.append(Signal()) }
            return signals[number - 1]
        }
    }
}
