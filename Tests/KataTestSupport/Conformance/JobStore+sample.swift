public import Kata
import KataTesting
import Testing

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

    /// Records the outcome of an attempt: that the job is done, unless another one is given.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    public func complete(_ job: Job, by consumerID: String = "c1", _ outcome: Completion.Outcome = .done) throws -> Bool
    {
        try transaction { try $0.completes(.sample(of: job, by: consumerID, outcome)) }
    }

    /// Exhausts the source of a run that has no job left, and finishes the run.
    public func finish(_ run: Run, elapsed: Duration = .seconds(1)) throws {
        let isFinished = try transaction { transaction in
            try transaction.add(items: [], to: run.id, progress: .exhausted, at: .sampleStart)
            return try transaction.endSession(run: run.id, elapsed: elapsed, at: .sampleEnd)
        }
        try #require(isFinished, "run \(run.id) has jobs left")
    }

    /// Every result, as `consumer ID | item`.
    public func lines(_ selection: ResultSelection = ResultSelection()) async throws -> [String] {
        var lines: [String] = []
        var last: JobResult.ID = 0
        while true {
            let page = try await results(selection, after: last, limit: 1_000_000)
            guard let end = page.last else { return lines }
            lines += page.map { "\($0.consumerID) | \($0.item)" }
            last = end.id
        }
    }
}

extension JobStore {
    /// Starts a run that takes jobs, and of which nobody knows how many items it has.
    public func openRun(_ pipeline: String = "a") throws -> Run {
        try transaction { try $0.startRun(pipeline: pipeline, items: nil, at: .sampleStart) }
    }

    /// Submits jobs.
    ///
    /// - Returns: what became of each, in order.
    @discardableResult
    public func submit(
        _ jobs: [NewJob], to run: Run, uniqueFor: Duration = .zero, at time: Timestamp = .sampleStart
    ) throws -> [SubmittedJob] {
        try transaction { try $0.submit(jobs, to: run.id, uniqueFor: uniqueFor, at: time) }
    }

    /// Submits a job that must not be a duplicate.
    public func submit(_ job: NewJob, to run: Run, at time: Timestamp = .sampleStart) throws -> Job.ID {
        let submitted = try submit([job], to: run, at: time)
        try #require(submitted.count == 1 && !submitted[0].isDuplicate)
        return submitted[0].id
    }

    /// Records the outcome of a job's current attempt: that the job is done, unless another one is given.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    public func complete(
        _ id: Job.ID, by consumerID: String = "c1", _ outcome: Completion.Outcome = .done
    ) async throws -> Bool {
        let job = try #require(try await job(id)).job
        return try complete(job, by: consumerID, outcome)
    }

    /// Submits a job and brings it into that state. For a waiting one another job is submitted before.
    public func job(_ state: JobState, in run: Run) async throws -> Job.ID {
        let runAt: Timestamp? = state == .scheduled ? .sample(after: .seconds(3_600)) : nil
        let after: JobIDs = state == .waiting ? [try submit(NewJob(item: "first"), to: run)] : []
        let id = try submit(NewJob(item: state.rawValue, runAt: runAt, after: after), to: run)
        switch state {
        case .pending, .scheduled, .waiting: break
        case .done: try await complete(id)
        case .failed: try await complete(id, .failed(reason: "no"))
        case .cancelled: _ = try transaction { try $0.cancel(id, at: .sampleStart) }
        }
        try #require(try await job(id)?.state == state)
        return id
    }
}

extension JobState {
    /// The states that a job can be in without another job.
    static let allButWaiting = allCases.filter { $0 != .waiting }
}

extension StoreTransaction {
    /// Records an outcome.
    ///
    /// - Returns: whether it was taken.
    public func completes(_ completion: Completion) throws -> Bool {
        try complete(completion) != nil
    }
}

extension SubmittedJob {
    /// The answer for a job that was added as pending, or was there before.
    public init(id: Job.ID, isDuplicate: Bool = false) {
        self.init(id: id, state: isDuplicate ? nil : .pending)
    }
}

extension JobStoreReader {
    /// Pending jobs of the default priority, 0.
    public func pendingJobs(run: Run.ID, after id: Job.ID, limit: Int) async throws -> [Job] {
        try await pendingJobs(run: run, priority: 0, after: id, limit: limit)
    }

    /// Jobs with all of their texts, the latest first.
    public func jobs(_ filter: JobFilter, before id: Job.ID, limit: Int) async throws -> [JobRecord] {
        try await jobs(filter, before: id, limit: limit, textLimit: .max)
    }

    /// All attempts at a job that are over, in order.
    public func attempts(job: Job.ID) async throws -> [Attempt] {
        var attempts: [Attempt] = []
        while true {
            let page = try await self.attempts(job: job, skipping: attempts.count)
            if page.isEmpty { return attempts }
            attempts += page
        }
    }

    /// Everything that is known of a job, which has to be there.
    public func record(_ id: Job.ID) async throws -> JobRecord {
        try #require(try await job(id), "there is no job \(id)")
    }
}

extension Completion {
    /// A consumer's word that an attempt at that job ended: it began at ``Timestamp/sampleStart`` and took 100 ms.
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
    public static let sampleStart = ManualWallClock.start
    /// That long after ``sampleStart``.
    public static func sample(after duration: Duration) -> Timestamp { sampleStart.advanced(by: duration) }
    /// Two seconds after ``sampleStart``.
    public static let sampleEnd = Timestamp(milliseconds: 1_769_904_001_999)
}
