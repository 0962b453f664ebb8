import Logging

/// Reads a source into the store, as far as the feed asks for more.
struct SourceReader {
    let source: any JobSource
    let store: any JobStore
    let recorder: Recorder
    let session: RunSession
    /// Who is told of jobs that have failed before they began; `nil` if nobody is.
    let alarms: AlarmRules?
    /// Whether a source that fails is asked again after a while; otherwise its failure ends the run.
    let triesAgain: Bool
    /// The store, if other nodes may read the source, too.
    let shared: (any SharedJobStore)?
    let runtime: Runtime
    let logger: Logger
    /// How many items are read at a time.
    private static let batchSize = 1_000
    /// Before a source is asked again that gave nothing and stayed where it was.
    private static let pause = Duration.seconds(1)
    private static let forever = Duration.seconds(100 * 365 * 24 * 3_600)

    /// Reads until the source is exhausted, or abandoned.
    ///
    /// - Throws: what the source threw; ``RecorderFailure`` if the store failed.
    func run() async throws {
        do {
            try await withCancellation(on: session.sourceIsAbandoned, readAll)
        } catch is CancellationError where session.sourceIsAbandoned.isOpen && !Task.isCancelled {
            // What it would have given is not missed.
        }
    }

    private func readAll() async throws {
        var progress = session.run.progress
        while progress != .exhausted {
            try await session.sourceDemand.wait()
            switch try await addBatch(after: progress) {
            case .added(let next): progress = next
            // Another node was quicker.
            case .overtaken(let next?): progress = next
            case .overtaken(nil): try await waitForNode()
            }
        }
    }

    /// What became of a batch.
    private enum Outcome {
        /// The source goes on there.
        case added(SourceProgress)
        /// Another node had read on, up to there; `nil` if it is for that one to read.
        case overtaken(SourceProgress?)
    }

    /// Waits while another node reads the source, which it is for alone.
    private func waitForNode() async throws {
        try await Latch().wait()
    }

    /// Reads the next batch into the store. A source that fails, or that gives what the store refuses, is asked again
    /// from the same progress.
    private func addBatch(after progress: SourceProgress) async throws -> Outcome {
        while true {
            do {
                if let found = try await progressElsewhere(progress) { return .overtaken(found) }
                let batch = try await source.items(from: progress, run: session.run, limit: Self.batchSize)
                try batch.check(countUpTo: Self.batchSize)
                try batch.check()
                let isAdded =
                    switch batch.content {
                    case .items(let items): try await add(items, batch.progress, after: progress)
                    case .jobs(let jobs): try await add(jobs, batch.progress, after: progress)
                    }
                session.troubles.end(.source)
                if !isAdded && !session.sourceIsAbandoned.isOpen { continue }
                // Such a source would be asked without end.
                if batch.items.isEmpty && batch.progress == progress {
                    try await runtime.clock.sleep(for: Self.pause)
                }
                return .added(batch.progress)
            } catch let error where !triesAgain || error is CancellationError || error is RecorderFailure {
                throw error
            } catch {
                let (failures, isNews) = session.troubles.failed(.source, error)
                let delay = Backoff.persistent.pause(after: failures)
                // The same is said once; how often it failed is said when it works again.
                if isNews {
                    logger.error(
                        "the source failed and is asked again",
                        metadata: ["error": "\(error)", "in_seconds": "\(delay.formattedSeconds)"])
                }
                try await runtime.clock.sleep(for: delay)
            }
        }
    }

    /// How far another node has read the source; `nil` if none has read on.
    private func progressElsewhere(_ progress: SourceProgress) async throws -> SourceProgress?? {
        guard let shared, !isOfEachNode else { return nil }
        let found = try await recorder.perform { [session, source] in
            try shared.sourceProgress(of: session.run.id, isLocal: source.bindsRuns, in: $0)
        }
        return found == progress ? nil : .some(found)
    }

    /// Whether each node reads a source of its own.
    private var isOfEachNode: Bool { source.isLocal && !source.bindsRuns }

    /// Whether the source was not read on meanwhile by another node.
    private func isUpToDate(_ progress: SourceProgress, _ transaction: any StoreTransaction) throws -> Bool {
        guard let shared, !isOfEachNode else { return true }
        return try shared.sourceProgress(of: session.run.id, isLocal: source.bindsRuns, in: transaction) == progress
    }

    /// - Returns: `false` if another node was quicker.
    private func add(_ items: [String], _ progress: SourceProgress, after last: SourceProgress) async throws -> Bool {
        try await recorder.perform { [self] transaction in
            if session.sourceIsAbandoned.isOpen { return false }
            guard try isUpToDate(last, transaction) else { return false }
            try transaction.add(items: items, to: session.run.id, progress: progress, at: runtime.wallClock.now())
            return true
        } committed: { [session] isAdded in
            if isAdded { session.read(items.count, progress) }
        }
    }

    /// - Returns: `false` if another node was quicker.
    private func add(_ jobs: [NewJob], _ progress: SourceProgress, after last: SourceProgress) async throws -> Bool {
        let jobs = named(jobs)
        let added = try await recorder.perform {
            [self] transaction -> (submitted: [SubmittedJob], alarms: [AddedJobs])? in
            if session.sourceIsAbandoned.isOpen { return nil }
            guard try isUpToDate(last, transaction) else { return nil }
            let now = runtime.wallClock.now()
            try transaction.add(items: [], to: session.run.id, progress: progress, at: now)
            let submitted = try transaction.submit(jobs, to: session.run.id, uniqueFor: Self.forever, at: now)
            if source.isLocal, let shared {
                try shared.keepHere(submitted.filter { !$0.isDuplicate }.map(\.id), in: transaction)
            }
            return (submitted, try alarm(jobs, submitted, transaction, at: now))
        } committed: { [session, observers = recorder.observers] added in
            guard let (submitted, alarms) = added else { return }
            // First the new jobs, then that they were the last: in between a feed would take itself to be at its end.
            session.added(jobs, submitted)
            session.read(0, progress)
            observers.tell(alarms)
        }
        guard let submitted = added?.submitted else { return false }
        // Jobs that were finished when the daemon ended, before the source was told.
        for job in submitted where job.isDuplicate && source.followsJobs {
            await source.tellEnd(of: job.id, in: store, executor: runtime.executor, logger: logger)
        }
        return true
    }

    /// The jobs with unique keys that those of other nodes do not have.
    private func named(_ jobs: [NewJob]) -> [NewJob] {
        guard source.isLocal, let node = shared?.node else { return jobs }
        return jobs.map { job in
            var job = job
            job.uniqueKey = job.uniqueKey.map { "\(node):\($0)" }
            return job
        }
    }

    /// Tells of the jobs that have failed before they began.
    private func alarm(
        _ jobs: [NewJob], _ submitted: [SubmittedJob], _ transaction: any StoreTransaction, at now: Timestamp
    ) throws -> [AddedJobs] {
        guard let alarms else { return [] }
        var batch = AlarmBatch()
        for (job, added) in zip(jobs, submitted) where added.state == .failed {
            batch.failed(
                job.job(id: added.id, run: session.run.id), reason: job.failure ?? "", at: now, alarms)
        }
        return try batch.write(to: transaction, at: now)
    }
}

extension SourceBatch {
    /// - Throws: a sentence for people if there are more items than were asked for: they would be added all at once.
    fileprivate func check(countUpTo limit: Int) throws {
        let count =
            switch content {
            case .items(let items): items.count
            case .jobs(let jobs): jobs.count
            }
        if count > limit { throw TooManyItems(count: count, limit: limit) }
    }
}

private struct TooManyItems: Error, CustomStringConvertible {
    let count: Int
    let limit: Int

    var description: String { "the source gave \(count) items at once, and \(limit) were asked for" }
}
