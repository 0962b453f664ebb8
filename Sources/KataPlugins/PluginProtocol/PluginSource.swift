import Kata

/// Emits what an executable gives that speaks the plugin protocol (docs/plugin-protocol.md).
struct PluginSource: JobSource {
    let extent: SourceExtent
    private let pool: PluginPool
    private let clock: any MonotonicClock
    /// Before a plugin that gave no items is asked again.
    private static let pause = Duration.seconds(1)

    /// - Parameter path: of the executable.
    init(name: String, path: String, configuration section: inout ConfigurationSection, context: PluginContext) {
        extent = section.boolean("finite", default: false) ? .bounded : .endless
        clock = context.clock
        var settings = PluginSettings(name: name, path: path, kind: .source, &section, pipeline: context.pipeline)
        settings.isFinite = extent == .bounded
        pool = PluginPool(settings, count: 1, width: 1, clock: context.clock, logger: context.logger)
    }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let cursor: String? =
            switch progress {
            case .at(let cursor): cursor
            case .start, .exhausted: nil
            }
        let answer = try await pool.request { PluginRequest.fetch(id: $0, limit: limit, cursor: cursor) }
        // What the plugin gave is not kept; it is asked again from the same cursor.
        try Task.checkCancellation()
        switch answer {
        case .items(let jobs, let next, let isEnd):
            // The plugin has no items, and did not wait until it had. One that stays where it was waits in any case.
            if jobs.isEmpty && !isEnd && next ?? cursor != cursor { try await clock.sleep(for: Self.pause) }
            return SourceBatch(
                jobs: jobs, progress: isEnd ? .exhausted : (next ?? cursor).map { .at(cursor: $0) } ?? .start)
        case .failed(let error, _, _): throw JobFailure(String(error.prefix(scalars: JobFailure.reasonLimit)).printable)
        case .done: throw JobFailure("the plugin answered a request for items with 'done'")
        }
    }

    var status: PluginStatus? { pool.status }

    func stop() async { await pool.stop() }
}
