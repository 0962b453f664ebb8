/// Where a producer's items come from.
///
/// A source is asked for its items batch by batch. Each batch becomes durable together with the progress that it ends at,
/// so after a restart the source is asked to go on from there and no item is lost or taken twice.
///
/// As a ``Plugin``, too, it can be registered by its type.
public protocol JobSource: Sendable {
    /// How many items it has.
    var extent: SourceExtent { get }

    /// Whether jobs can be submitted to a pipeline with this source.
    var takesJobs: Bool { get }

    /// Whether ``settled(_:as:)`` is to be called, which makes every job wait for its commit.
    var followsJobs: Bool { get }

    /// A job of this source is finished, which is durable. May be called again for the same job after a restart, when the
    /// source emits its unique key once more.
    func settled(_ job: Job, as state: JobState) async

    /// Emits the next items of a run.
    ///
    /// - Parameters:
    ///   - progress: where the last batch ended.
    ///   - run: the run that they are for.
    ///   - limit: how many items to emit at the most; at least 1.
    /// - Returns: at least one item, unless the source is exhausted or only the progress is to be kept. May wait for one as
    ///   long as it takes; the task is cancelled when no more items are wanted.
    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch

    /// What it is doing, if it is something that can be ill.
    var status: PluginStatus? { get }

    /// Gives back what it holds. Called when its pipeline has ended, and no more items are wanted.
    func stop() async
}

extension JobSource {
    public var extent: SourceExtent { .counted }
    public var takesJobs: Bool { false }
    public var followsJobs: Bool { false }
    public func settled(_ job: Job, as state: JobState) async {}
    public var status: PluginStatus? { nil }
    public func stop() async {}
}

/// Items of a source, with the progress after them.
public struct SourceBatch: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case items([String])
        /// Items of which there is more to say. One whose unique key any earlier job has, finished or not, is not taken.
        case jobs([NewJob])
    }

    public let content: Content
    public let progress: SourceProgress

    public init(items: [String], progress: SourceProgress) {
        content = .items(items)
        self.progress = progress
    }

    public init(jobs: [NewJob], progress: SourceProgress) {
        content = .jobs(jobs)
        self.progress = progress
    }

    public var items: [String] {
        switch content {
        case .items(let items): items
        case .jobs(let jobs): jobs.map(\.item)
        }
    }
}
