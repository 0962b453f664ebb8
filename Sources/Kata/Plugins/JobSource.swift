/// Where a producer's items come from.
///
/// A source is asked for its items batch by batch. Each batch becomes durable together with the progress that it ends at,
/// so after a restart the source is asked to go on from there and no item is lost or taken twice.
public protocol JobSource: Sendable {
    /// The name under `producer: { plugin: … }`.
    static var pluginName: String { get }

    /// Reads the source's own keys. Faults are noted in the section.
    init(configuration: inout ConfigurationSection, context: PluginContext)

    /// Emits the next items of a run.
    ///
    /// - Parameters:
    ///   - progress: where the last batch ended.
    ///   - run: the run that they are for.
    ///   - limit: how many items to emit at the most; at least 1.
    /// - Returns: at least one item, unless the source is exhausted.
    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch
}

/// Items of a source, with the progress after them.
public struct SourceBatch: Hashable, Sendable {
    public let items: [String]
    public let progress: SourceProgress

    public init(items: [String], progress: SourceProgress) {
        self.items = items
        self.progress = progress
    }
}
