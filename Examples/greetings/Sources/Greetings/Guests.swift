public import Kata

/// Has so many guests to be greeted, and ends then.
public struct Guests: JobSource, Plugin {
    public static let pluginName = "guests"
    private let count: Int

    /// Reads `count`, how many guests there are.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        count = configuration.integer("count", in: 1...1_000_000)
    }

    /// It ends by itself, so the pipeline takes no `item_count`.
    public var extent: SourceExtent { .bounded }

    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
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
