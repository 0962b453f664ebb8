/// Where a producer's items come from.
///
/// A source is asked for its items batch by batch. Each batch becomes durable together with the progress that it ends
/// at, so after a restart the source is asked to go on from there and no item is lost or taken twice.
///
/// A source that is a ``Plugin`` as well can be registered by its type.
public protocol JobSource: Sendable {
    /// How many items a run has. The same for as long as the source exists.
    var extent: SourceExtent { get }

    /// Whether jobs can be submitted to a pipeline with this source.
    var takesJobs: Bool { get }

    /// Whether the source emits items, so that a pipeline has others than those that are submitted.
    var emitsItems: Bool { get }

    /// Whether the source is on this machine alone, such as a file, so that no other machine can read it and do its jobs.
    var isLocal: Bool { get }

    /// Whether ``settled(_:as:)`` is to be called. If so, the consumer of each job waits until its result is committed.
    var followsJobs: Bool { get }

    /// Hears that a job of this source is finished (done, failed or cancelled), once that is durable. Only called where
    /// ``followsJobs`` says so. May be called again for the same job after a restart, when the source emits its unique key once
    /// more.
    func settled(_ job: Job, as state: JobState) async

    /// The same as ``settled(_:as:)`` with all that the store keeps of the job. This is what is called; a source has one of
    /// the two.
    func settled(_ record: JobRecord) async

    /// Hears that an attempt of a job of this source is about to begin. Only called where ``followsJobs`` says so.
    ///
    /// - Throws: any error if the job can't be done now; the attempt has failed then.
    func prepare(_ record: JobRecord) async throws

    /// Emits the next items of a run.
    ///
    /// - Parameters:
    ///   - progress: where the last batch ended; never ``SourceProgress/exhausted``.
    ///   - run: the run that the items are for.
    ///   - limit: how many items to emit at the most; at least 1.
    /// - Returns: at least one item, unless the source is exhausted or only the progress is to be kept. May wait for an
    ///   item as long as it takes; the task is cancelled when no more items are wanted.
    /// - Throws: any error if there are no items to be had now. A daemon asks again from the same progress, after
    ///   pauses of up to 60 seconds; with `--once` the error ends the pipeline.
    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch

    /// The files that the source reads its items from, none of which may be written by the pipeline itself.
    var inputFiles: [String] { get }

    /// What the source does at certain times; none if it has no such times.
    var schedule: [ScheduledEntry] { get }

    /// What keeps the source from doing all of its work now, as a sentence for people; `nil` if nothing does. What it throws
    /// is shown anyway.
    var problem: String? { get }

    /// How the source is, for `kata-ctl plugins`; `nil` for a source that has nothing that can fail on its own, such as
    /// processes.
    var status: PluginStatus? { get }

    /// Gives back what the source holds. Called once, when its pipeline has ended and no more items are wanted. The
    /// pipeline waits for it.
    func stop() async
}

extension JobSource {
    /// As many items as `item_count` says.
    public var extent: SourceExtent { .counted }
    /// Nobody can submit jobs.
    public var takesJobs: Bool { false }
    /// There are items, as of almost every source.
    public var emitsItems: Bool { true }
    /// Any machine can read the source and do its jobs.
    public var isLocal: Bool { false }
    /// The source does not ask what becomes of its jobs.
    public var followsJobs: Bool { false }
    /// Nothing to do.
    public func settled(_ job: Job, as state: JobState) async {}
    /// Calls ``settled(_:as:)``.
    public func settled(_ record: JobRecord) async { await settled(record.job, as: record.state) }
    /// Nothing to do.
    public func prepare(_ record: JobRecord) async throws {}
    /// None.
    public var inputFiles: [String] { [] }
    /// None.
    public var schedule: [ScheduledEntry] { [] }
    /// Nothing.
    public var problem: String? { nil }
    /// Nothing to tell.
    public var status: PluginStatus? { nil }
    /// Nothing to give back.
    public func stop() async {}
}

extension JobSource {
    /// Whether a run is for the machine that began it: there is one such source on each, and a run reads one to its end. Of one without an
    /// end each machine reads its own.
    var bindsRuns: Bool { isLocal && extent != .endless }
}

/// Items of a source, with the progress after them. Both become durable in one transaction.
public struct SourceBatch: Hashable, Sendable {
    /// Plain items, or jobs that say more than their item.
    public enum Content: Hashable, Sendable {
        /// Each text becomes a job with the defaults of its pipeline.
        case items([String])
        /// A job whose unique key any earlier job of the pipeline has, finished or not, is not added.
        case jobs([NewJob])
    }

    /// What is emitted, in the order in which it is to be produced. May be empty.
    public let content: Content
    /// Where the source goes on after these items; ``SourceProgress/exhausted`` after the last one of a run.
    public let progress: SourceProgress

    /// - Parameters:
    ///   - items: in the order in which they are to be produced; may be empty.
    ///   - progress: where the source goes on after these items.
    public init(items: [String], progress: SourceProgress) {
        content = .items(items)
        self.progress = progress
    }

    /// - Parameters:
    ///   - jobs: in the order in which they are to be produced; may be empty.
    ///   - progress: where the source goes on after these jobs.
    public init(jobs: [NewJob], progress: SourceProgress) {
        content = .jobs(jobs)
        self.progress = progress
    }

    /// The items alone, in order, whichever content the batch has.
    public var items: [String] {
        switch content {
        case .items(let items): items
        case .jobs(let jobs): jobs.map(\.item)
        }
    }
}

extension SourceBatch {
    /// Checks the limits of what a source gave.
    ///
    /// - Throws: ``JobFault``.
    func check() throws(JobFault) {
        switch content {
        case .items(let items): for item in items { try NewJob.check(item: item) }
        case .jobs(let jobs): for job in jobs { try job.check() }
        }
    }
}
