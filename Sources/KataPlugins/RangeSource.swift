public import Kata
import Synchronization

/// Emits the integers from `start`, as many as the run has items.
public final class RangeSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: range }`.
    public static let pluginName = "range"

    private let start: Int
    /// Whether the source says that there are no more items. Without that a run has no end, as everybody sees who has written a
    /// queue of their own; the kata begins with it.
    private let finishes: Bool
    /// How many items the run has for whose end nobody can wait.
    private let unfinished = Mutex<Int?>(nil)

    /// Reads the keys `start` and `finish`. Faults are noted in the section.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        let limit = Int.max - PipelineConfiguration.itemCounts.upperBound
        start = configuration.integer("start", in: -limit...limit, default: 0)
        finishes = configuration.boolean("finish", default: true)
    }

    /// That the source has no more items, and does not say so.
    public var problem: String? {
        unfinished.withLock { $0 }.map { count in
            "the producer has no more than its \(count) items and does not say so (finish: false), so that the run has no end; 'kata-ctl abandon' ends it"
        }
    }

    /// Emits the next integers. The cursor is how many were emitted. Where the source does not say that there are no more, it
    /// waits after the last one until the task is cancelled.
    ///
    /// - Throws: ``UnknownCursor``; `CancellationError`.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        // A run of this source always knows how many items it has.
        let count = min(max(run.items ?? 0, 0), PipelineConfiguration.itemCounts.upperBound)
        let first: Int
        switch progress {
        case .start:
            first = 0
        case .at(let cursor):
            guard let index = Int(cursor), (0...count).contains(index) else { throw UnknownCursor(cursor: cursor) }
            first = index
        case .exhausted:
            first = count
        }
        if first == count && !finishes { try await waitForNothing(after: count) }
        let end = min(first + limit, count)
        let items = (first..<end).map { String(start + $0) }
        return SourceBatch(items: items, progress: end == count && finishes ? .exhausted : .at(cursor: String(end)))
    }

    private func waitForNothing(after count: Int) async throws -> Never {
        unfinished.withLock { $0 = count }
        defer { unfinished.withLock { $0 = nil } }
        try await Latch().wait()
        throw CancellationError()
    }

    /// The saved progress was not written by this source.
    struct UnknownCursor: Error, CustomStringConvertible {
        let cursor: String
        var description: String {
            "the range source cannot go on from '\(cursor)': another source has written that. Put the producer back as it was "
                + "until the run is finished, or have the run end without the rest: kata-ctl abandon PIPELINE"
        }
    }
}
