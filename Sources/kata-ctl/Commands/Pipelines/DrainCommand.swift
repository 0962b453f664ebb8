import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Drains the daemon and ends it, as SIGTERM does: jobs in hand are finished, the rest goes back."
    )

    @OptionGroup var daemon: SocketOption

    @Flag(help: "Only say what would be finished, what would go back, and by when.")
    var dryRun = false

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let client = try daemon.client
        let answer = try await dryRun ? client.drainForecast() : client.drain()
        if json { return try StandardOutput.printJSON(answer) }
        for pipeline in answer.pipelines { try StandardOutput.printLine(describe(pipeline)) }
        let limit = "what is not finished after \(ShortDuration.text(answer.drainTimeoutSeconds)) goes back"
        try StandardOutput.printLine(dryRun ? "nothing was done; \(limit)" : "draining; \(limit)")
    }

    private func describe(_ pipeline: DrainDocument.Pipeline) -> String {
        let work = "pipeline \(pipeline.name): \(pipeline.running) running, \(pipeline.queued) queued"
        guard let finished = pipeline.wouldFinish, let back = pipeline.wouldGoBack, let time = pipeline.withinSeconds
        else {
            return "\(work); how many would be finished is not known"
        }
        if pipeline.running + pipeline.queued == 0 { return "\(work); nothing to wait for" }
        return "\(work); about \(finished) finished and \(back) back within \(ShortDuration.text(time))"
    }
}
