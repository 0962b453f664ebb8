import Kata

/// Emits so many numbers, a few at a time, and then ends, waits for ever, or says what is wrong.
struct Trickle: JobSource, Plugin {
    enum End: String, CaseIterable { case end, wait, fail, failed, faulty, large }

    static let pluginName = "trickle"
    private let count: Int
    private let end: End

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        count = configuration.integer("count", in: 0...1_000_000)
        end = configuration.choice("then", default: .end)
    }

    var extent: SourceExtent { end == .end ? .bounded : .endless }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        var first = 0
        if case .at(let cursor) = progress { first = Int(cursor) ?? 0 }
        if first >= count {
            switch end {
            case .end: break
            case .wait: try await Task.sleep(for: .seconds(100_000))
            case .fail: throw JobFailure("the well of \(run.pipeline) is dry")
            case .failed: return SourceBatch(jobs: [NewJob(item: "", failure: "unreadable")], progress: progress)
            case .faulty: return SourceBatch(jobs: [NewJob(item: "", priority: 1_000)], progress: progress)
            case .large:
                // Each is as large as an item may be, so that not nearly all of them fit in a line.
                if first >= count + 20 { try await Task.sleep(for: .seconds(100_000)) }
                let next = min(first + limit, count + 20)
                return SourceBatch(
                    items: (first..<next).map { "\($0)" + String(repeating: "x", count: NewJob.itemLimit - 10) },
                    progress: .at(cursor: "\(next)"))
            }
        }
        let next = min(first + min(limit, 17), count)
        var jobs = (first..<next).map { NewJob(item: "\($0)", uniqueKey: "n\($0)") }
        if first == 0 && !jobs.isEmpty {
            jobs[0].priority = 7
            jobs[0].tags = ["first"]
        }
        return SourceBatch(jobs: jobs, progress: end == .end && next == count ? .exhausted : .at(cursor: "\(next)"))
    }
}
