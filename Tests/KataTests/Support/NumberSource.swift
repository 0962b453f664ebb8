import Kata
import KataTestSupport

/// Emits 0, 1, 2, … as many as the run has items.
struct NumberSource: JobSource, Plugin {
    static let pluginName = "numbers"

    /// How many items it emits at a time at the most.
    var batchSize = Int.max
    /// The cursors that it was asked to go on from.
    let cursors = Notes<Int>()

    init(batchSize: Int = .max) {
        self.batchSize = batchSize
    }

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        batchSize = configuration.integer("batch_size", in: 1 ... .max, default: .max)
    }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let count = run.items ?? 0
        let first =
            switch progress {
            case .start: 0
            case .at(let cursor): Int(cursor) ?? -1
            case .exhausted: count
            }
        cursors.add(first)
        let end = min(count, first + min(limit, batchSize))
        return SourceBatch(
            items: (first..<end).map(String.init),
            progress: end == count ? .exhausted : .at(cursor: String(end))
        )
    }
}

/// Emits nothing but an error.
struct BrokenSource: JobSource, Plugin {
    struct Failure: Error, Equatable {}

    static let pluginName = "broken"

    init() {}
    init(configuration: inout ConfigurationSection, context: PluginContext) {}

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        throw Failure()
    }
}
