import Kata

struct Guests: JobSource, Plugin {
    static let pluginName = "guests"
    private let count: Int

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        count = configuration.integer("count", in: 1...1_000_000)
    }

    /// It ends by itself, so the pipeline takes no `item_count`.
    var extent: SourceExtent { .bounded }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let first =
            switch progress {
            case .start: 1
            case .at(let cursor): Int(cursor) ?? 1
            case .exhausted: count + 1
            }
        let next = min(first + limit, count + 1)
        let jobs = try (first..<next).map { try NewJob(payload: Greeting.Payload(name: "guest \($0)")) }
        return SourceBatch(jobs: jobs, progress: next > count ? .exhausted : .at(cursor: "\(next)"))
    }
}
