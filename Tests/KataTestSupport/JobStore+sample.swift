public import Kata

extension JobStore {
    /// Starts a run with these items.
    ///
    /// - Returns: the run as it was started, with its jobs in order.
    @discardableResult
    public func run(
        _ pipeline: String, items: [String], progress: SourceProgress = .exhausted
    ) async throws -> (run: Run, jobs: [Job]) {
        let run = try transaction { try $0.startRun(pipeline: pipeline, items: items.count, at: .sampleStart) }
        return (run, try await add(items, to: run.id, progress: progress))
    }

    /// Adds items to a run.
    ///
    /// - Returns: their jobs in order.
    @discardableResult
    public func add(
        _ items: [String], to run: Run.ID, progress: SourceProgress = .exhausted
    ) async throws -> [Job] {
        try transaction { try $0.add(items: items, to: run, progress: progress, at: .sampleStart) }
        return try await pendingJobs(run: run, after: 0, limit: 1_000_000).suffix(items.count)
    }

    /// Records that the job was done.
    @discardableResult
    public func complete(_ job: Job, by consumerID: String = "c1", _ outcome: Completion.Outcome = .done) throws -> Bool
    {
        try transaction { try $0.complete(.sample(of: job, by: consumerID, outcome)) }
    }

    /// Closes a run.
    public func finish(_ run: Run, elapsed: Duration = .seconds(1)) throws {
        try transaction { try $0.finishRun(run.id, elapsed: elapsed, at: .sampleEnd) }
    }

    /// Every result, as `consumer ID | item`.
    public func lines(_ selection: ResultSelection = ResultSelection()) async throws -> [String] {
        try await results(selection, after: 0, limit: 1_000_000).map { "\($0.consumerID) | \($0.item)" }
    }
}

extension Completion {
    /// What a consumer says of that job.
    public static func sample(of job: Job, by consumerID: String = "c1", _ outcome: Outcome = .done) -> Completion {
        Completion(
            job: job,
            consumerID: consumerID,
            outcome: outcome,
            startedAt: .sampleStart,
            finishedAt: Timestamp(milliseconds: Timestamp.sampleStart.milliseconds + 100)
        )
    }
}

extension Timestamp {
    /// 2026-01-31T23:59:59.999Z
    public static let sampleStart = Timestamp(milliseconds: 1_769_903_999_999)
    /// Two seconds later.
    public static let sampleEnd = Timestamp(milliseconds: 1_769_904_001_999)
}
