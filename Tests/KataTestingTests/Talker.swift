import Kata

/// Does what the item says.
struct Talker: JobHandler, Plugin {
    static let pluginName = "talker"
    let prefix: String
    let clock: any MonotonicClock

    init(configuration: inout ConfigurationSection, context: PluginContext) {
        prefix = configuration.string("prefix", default: "")
        clock = context.clock
    }

    func handle(_ job: Job, in context: JobContext) async throws {
        switch job.item {
        case "fail": throw JobFailure("no", retry: .never)
        case "fail once": if job.attempt == 1 { throw JobFailure("not yet") }
        case "sleep": try await clock.sleep(for: .seconds(60))
        case "report":
            context.report(progress: 0.5, "half")
            try await clock.sleep(for: .seconds(1))
        case "pages":
            let first = context.checkpoint.flatMap { Int($0) } ?? 1
            for page in first...5 {
                context.print("page \(page)\n")
                context.keep(checkpoint: "\(page + 1)")
                try await clock.sleep(for: .seconds(2))
            }
        default: context.keep(output: prefix + job.item)
        }
    }
}
