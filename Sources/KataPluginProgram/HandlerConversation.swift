import Kata
import Logging

/// Does the jobs that the host sends, and answers each once.
final class HandlerConversation: HostConversation {
    private let handler: any JobHandler
    private let pipeline: String
    private let output: HostOutput
    private let logger: Logger
    private let tasks = RequestTasks()

    init(_ handler: any JobHandler, pipeline: String, output: HostOutput, logger: Logger) {
        self.handler = handler
        self.pipeline = pipeline
        self.output = output
        self.logger = logger
    }

    var isFinite: Bool? { nil }

    func receive(_ message: HostMessage) {
        switch message {
        case .job(let request, let job, let checkpoint):
            tasks.begin(request) { [self] in await handle(job, request: request, checkpoint: checkpoint) }
        // It is answered in any case.
        case .cancel(let request): tasks.cancel(request)
        case .hello, .fetch, .ping, .goodbye, .other: break
        }
    }

    func stop() async {
        await handler.stop()
    }

    private func handle(_ job: Job, request: UInt64, checkpoint: String?) async {
        let report = report(request: request)
        if let checkpoint { report.giveCheckpoint(checkpoint) }
        let logger = Logger(label: logger.label) { [output] _ in HostLogHandler(output: output, request: request) }
        let context = JobContext(job: job, pipeline: pipeline, consumerID: "plugin", logger: logger, report: report)
        do {
            try await handler.handle(job, in: context)
            output.send("done") { json in
                json.field("id", request)
                if let text = report.takeOutput() { json.field("output", text) }
            }
        } catch {
            let failure = error as? JobFailure ?? JobFailure("\(error)")
            output.send("failed") { json in
                json.field("id", request)
                json.field("error", failure.reason)
                json.append(retry: failure.retry)
                if let text = report.takeOutput() { json.field("output", text) }
            }
        }
    }
}

extension HandlerConversation {
    /// Tells the host how far a job is, what it prints, and what it leaves.
    private func report(request: UInt64) -> JobContext.Report {
        JobContext.Report { [output] progress in
            output.send("progress") { json in
                json.field("id", request)
                if let fraction = progress.fraction {
                    json.key("fraction")
                    json.raw("\(fraction)")
                }
                json.field("text", progress.text)
            }
        } onPrint: { [output] text, stream in
            output.send("output") { json in
                json.field("id", request)
                json.field("stream", stream.rawValue)
                json.field("text", text)
            }
        } onCheckpoint: { [output] _, text in
            output.send("checkpoint") { json in
                json.field("id", request)
                json.field("text", text)
            }
        }
    }
}

extension JSONWriter {
    /// The longest duration that the host takes.
    private static let longestWait = Duration.seconds(365 * 86_400)

    fileprivate mutating func append(retry: JobFailure.Retry) {
        switch retry {
        case .byPolicy: break
        case .again: field("retry", true)
        case .never: field("retry", false)
        case .interrupted: field("retry", "interrupted")
        case .unavailable: field("retry", "unavailable")
        case .after(let duration):
            let wait = min(max(duration, .zero), Self.longestWait)
            field("retry", "\(Int64(wait / .milliseconds(1)))ms")
        }
    }
}
