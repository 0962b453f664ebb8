import Kata
import Synchronization

@testable import KataTesting

/// What outlives a crash of the daemon: the rows, and whether the disk works now.
final class SimulatedDisk: Sendable {
    private struct State {
        /// Until when all transactions fail, with this.
        var outage: (failure: StoreFailure, end: Timestamp)?
    }

    let store = MemoryJobStore()
    let oracle: Oracle
    private let chance: Chance
    private let scenario: Scenario
    private let state = Mutex(State())

    init(_ oracle: Oracle, _ chance: Chance, _ scenario: Scenario) {
        self.oracle = oracle
        self.chance = chance
        self.scenario = scenario
    }

    /// What the next transaction fails with; `nil` if it does not.
    fileprivate func nextFailure(at now: Timestamp) -> StoreFailure? {
        if oracle.isHealing { return nil }
        let outage = state.withLock { state in
            if let outage = state.outage, now >= outage.end { state.outage = nil }
            return state.outage
        }
        if let outage { return outage.failure }
        if !chance.happens(scenario.faultProbability) { return nil }
        let cause = chance.pick([StoreFailure.Cause.full, .locked, .failing])
        let failure = StoreFailure(cause, "the disk is \(cause.name)")
        if chance.happens(scenario.outageProbability) {
            let end = now.advanced(by: chance.time(upTo: .seconds(30)))
            state.withLock { $0.outage = (failure, end) }
        }
        return failure
    }

    /// What the next read fails with; `nil` if it does not.
    fileprivate func nextReadFailure() -> StoreFailure? {
        !oracle.isHealing && chance.happens(scenario.readFaultProbability)
            ? StoreFailure(.failing, "the disk can't be read") : nil
    }

    /// How many steps a read takes more.
    fileprivate func nextDelay() -> Int {
        chance.happens(scenario.readDelayProbability) ? chance.number(in: 1...3) : 0
    }
}

/// That a transaction was only made to be taken back.
private struct TakenBack: Error {}

/// The disk as one daemon has it: reads take a while, and everything may fail. Nothing reaches the disk after a crash.
final class SimulatedStore: JobStore, ForwardingReader {
    private let disk: SimulatedDisk
    private let wallClock: any WallClock
    private let crashed = Atomic(false)
    private let transactions = Atomic(0)
    /// Whether the last transaction was made although it failed.
    private let keptUndecided = Atomic(false)
    /// Whether the daemon is to crash after the next commit, before anybody hears of it.
    private let crashesAfterCommit = Atomic(false)

    init(_ disk: SimulatedDisk, wallClock: any WallClock) {
        self.disk = disk
        self.wallClock = wallClock
    }

    var reader: any JobStoreReader { disk.store }
    var hasCrashed: Bool { crashed.load(ordering: .relaxed) }

    func crash() { crashed.store(true, ordering: .relaxed) }
    func crashAfterCommit() { crashesAfterCommit.store(true, ordering: .relaxed) }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        if hasCrashed { throw StoreFailure(.lost, "the daemon has crashed") }
        let number = transactions.add(1, ordering: .relaxed).newValue
        if number.isMultiple(of: 3) { replay(body) }
        let failure = disk.nextFailure(at: wallClock.now())
        // One in two failures is that the answer to the commit is lost, and one in two of these commits was made.
        let losesAnswer = failure != nil && number.isMultiple(of: 2)
        let isKept = losesAnswer && number.isMultiple(of: 4)
        keptUndecided.store(isKept, ordering: .relaxed)
        var tables: MemoryTables?
        let result = try disk.store.transaction { transaction in
            let result = try body(transaction)
            // What fails may fail at its end, when everything of it was done.
            if let failure, !isKept {
                throw losesAnswer ? StoreFailure(.failing, "no answer", isUndecided: true) : failure
            }
            tables = (transaction as? MemoryTransaction)?.tables
            return result
        }
        if let tables { disk.oracle.committed(tables) }
        if isKept { throw StoreFailure(.failing, "no answer", isUndecided: true) }
        if crashesAfterCommit.load(ordering: .relaxed) {
            crash()
            throw StoreFailure(.lost, "the daemon has crashed")
        }
        return result
    }

    func hasKeptUndecided() throws -> Bool {
        if hasCrashed { throw StoreFailure(.lost, "the daemon has crashed") }
        if let failure = disk.nextFailure(at: wallClock.now()) { throw failure }
        return keptUndecided.load(ordering: .relaxed)
    }

    /// Runs a body once more than it has to be, as a store does that others use at the same time: nothing of that may be left.
    private func replay<Result>(_ body: (any StoreTransaction) throws -> Result) {
        // Whatever it throws, it throws again.
        try? disk.store.transaction { transaction in
            _ = try body(transaction)
            throw TakenBack()
        }
    }

    private func read<Result>(_ body: (MemoryJobStore) async throws -> Result) async throws -> Result {
        for _ in 0..<disk.nextDelay() { await stepAside() }
        if hasCrashed { throw StoreFailure(.lost, "the daemon has crashed") }
        if let failure = disk.nextReadFailure() { throw failure }
        let result = try await body(disk.store)
        // What was read may be out of date when it is looked at.
        for _ in 0..<disk.nextDelay() { await stepAside() }
        try Task.checkCancellation()
        return result
    }

    func unfinishedRun(pipeline: String) async throws -> Run? {
        try await read { try await $0.unfinishedRun(pipeline: pipeline) }
    }

    func unfinishedRuns() async throws -> [Run] {
        try await read { try await $0.unfinishedRuns() }
    }

    func latestRun(pipeline: String) async throws -> Run? {
        try await read { try await $0.latestRun(pipeline: pipeline) }
    }

    func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await read { try await $0.pendingPriorities(run: run) }
    }

    func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        try await read {
            try await $0.pendingJobs(
                run: run, priority: priority, keys: keys, after: id, through: last, limit: min(limit, 3))
        }
    }

    func lastPendingJob(run: Run.ID, priority: Int) async throws -> Job.ID? {
        try await read { try await $0.lastPendingJob(run: run, priority: priority) }
    }

    func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await read { try await $0.nextDue(run: run) }
    }

    func counts(pipeline: String) async throws -> JobCounts {
        try await read { try await $0.counts(pipeline: pipeline) }
    }

    func isPaused(pipeline: String) async throws -> Bool {
        try await read { try await $0.isPaused(pipeline: pipeline) }
    }

    func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int, textLimit: Int) async throws -> [JobRecord] {
        try await read { try await $0.jobs(filter, before: id, limit: limit, textLimit: textLimit) }
    }

    func jobIDs(pipeline: String, states: Set<JobState>, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await read { try await $0.jobIDs(pipeline: pipeline, states: states, after: id, limit: limit) }
    }

    func job(_ id: Job.ID) async throws -> JobRecord? {
        try await read { try await $0.job(id) }
    }

    func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await read { try await $0.lastDrain(pipeline: pipeline) }
    }
}

/// Lets other tasks go on first. `Task.yield()` would go on in Swift's thread pool: it asks an executor, and not the hook that the
/// scheduler has.
private func stepAside() async {
    await Task {}.value
}
