public import Kata

/// Emits the integers from `start`, as many as the run has items.
public struct RangeSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: range }`.
    public static let pluginName = "range"

    private let start: Int

    /// Reads the key `start`. Faults are noted in the section.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        let limit = Int.max - PipelineConfiguration.itemCounts.upperBound
        start = configuration.integer("start", in: -limit...limit, default: 0)
    }

    /// Emits the next integers. The cursor is how many were emitted.
    ///
    /// - Throws: ``UnknownCursor``.
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
        let end = min(first + limit, count)
        let items = (first..<end).map { String(start + $0) }
        return SourceBatch(items: items, progress: end == count ? .exhausted : .at(cursor: String(end)))
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
