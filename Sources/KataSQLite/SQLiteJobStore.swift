import GRDB
public import Kata

/// The store in an SQLite file.
///
/// One connection writes, and it alone makes checkpoints; everyone else only reads. A commit is on disk when it returns
/// (`synchronous = FULL`).
public final class SQLiteJobStore: JobStore {
    private let pool: DatabasePool
    private let reader: SQLiteReader

    /// Opens the database, or makes it, and brings it to the current schema.
    ///
    /// The caller holds its ``DatabaseLock``.
    ///
    /// - Throws: ``SQLiteOpenError``.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        // What refers to what is for the code to get right, and its tests check it; every insert would look it up again.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Before anything is written: a file that is not ours stays as it is.
            if !database.configuration.readonly { _ = try checkIsKata(database, path: path, isEmptyAllowed: true) }
        }
        try checkIsUsable(path)
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            reader = SQLiteReader(connections: pool, path: path)
            try makeDurable(path: path)
            try migrate(path: path)
        } catch let error as DatabaseError {
            throw SQLiteOpenError(error, path: path)
        }
    }

    /// - Throws: what `body` threw; ``SQLiteFailure``.
    public func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        do {
            return try pool.writeWithoutTransaction { database in
                var result: Result?
                try database.inTransaction(.immediate) {
                    let transaction = SQLiteTransaction(database: database)
                    result = try body(transaction)
                    try transaction.writeCounters()
                    return .commit
                }
                guard let result else { preconditionFailure("a transaction was committed without a result") }
                return result
            }
        } catch let error as DatabaseError {
            throw SQLiteFailure(error, path: pool.path)
        }
    }

    /// A setting of the writing connection, such as `synchronous`, as the connection itself says it is.
    func writerSetting(_ name: String) throws -> Int? {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// Closes the database. The write-ahead log is merged into the file.
    public func close() throws {
        // This closes the reading connections. The last one to close does the merge, so it must be the one that writes.
        pool.releaseMemory()
        try pool.close()
    }

    /// Brings the database to the current schema, and keeps a copy of what it was beside it.
    private func migrate(path: String) throws {
        let version = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
        if version > 0 && version < Schema.version {
            try DatabaseCopy.write(of: pool, to: "\(path).schema-\(version).bak")
        }
        try Schema.migrator.migrate(pool)
    }

    /// The WAL mode was switched on with `synchronous = NORMAL`, which may lose commits in a power cut.
    private func makeDurable(path: String) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let full = 2
        if try writerSetting("synchronous") != full { throw SQLiteOpenError.notDurable(path: path) }
    }
}

extension SQLiteJobStore {
    public func unfinishedRun(pipeline: String) async throws -> Run? {
        try await reader.unfinishedRun(pipeline: pipeline)
    }

    public func latestRun(pipeline: String) async throws -> Run? {
        try await reader.latestRun(pipeline: pipeline)
    }

    public func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await reader.pendingPriorities(run: run)
    }

    public func pendingJobs(run: Run.ID, priority: Int, after id: Job.ID, limit: Int) async throws -> [Job] {
        try await reader.pendingJobs(run: run, priority: priority, after: id, limit: limit)
    }

    public func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await reader.nextDue(run: run)
    }

    public func isPaused(pipeline: String) async throws -> Bool {
        try await reader.isPaused(pipeline: pipeline)
    }

    public func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await reader.jobs(filter, before: id, limit: limit)
    }

    public func jobIDs(pipeline: String, state: JobState, after id: Job.ID, limit: Int) async throws -> [Job.ID] {
        try await reader.jobIDs(pipeline: pipeline, state: state, after: id, limit: limit)
    }

    public func job(_ id: Job.ID) async throws -> JobRecord? {
        try await reader.job(id)
    }

    public func prunableJobs(_ selection: PruneSelection, after id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await reader.prunableJobs(selection, after: id, limit: limit)
    }

    public func blockers(job: Job.ID) async throws -> [Job.ID] {
        try await reader.blockers(job: job)
    }

    public func jobsBefore(_ id: Job.ID, priority: Int, run: Run.ID, limit: Int) async throws -> Int {
        try await reader.jobsBefore(id, priority: priority, run: run, limit: limit)
    }

    public func attempts(job: Job.ID) async throws -> [Attempt] {
        try await reader.attempts(job: job)
    }

    public func counts(pipeline: String) async throws -> JobCounts {
        try await reader.counts(pipeline: pipeline)
    }

    public func runIDs(in selection: ResultSelection) async throws -> [Run.ID] {
        try await reader.runIDs(in: selection)
    }

    public func latestResultID() async throws -> JobResult.ID {
        try await reader.latestResultID()
    }

    public func results(_ selection: ResultSelection, after id: JobResult.ID, limit: Int) async throws -> [JobResult] {
        try await reader.results(selection, after: id, limit: limit)
    }

    public func consumerTotals(run: Run.ID) async throws -> [ConsumerTotal] {
        try await reader.consumerTotals(run: run)
    }

    public func lastDrain(pipeline: String) async throws -> DrainReceipt? {
        try await reader.lastDrain(pipeline: pipeline)
    }
}
