import Kata
import Logging
import Synchronization

/// Does the jobs that the host sends, and answers each once.
final class HandlerConversation: Sendable {
    private let handler: any JobHandler
    private let pipeline: String
    private let output: HostOutput
    private let logger: Logger
    /// Those that are not answered, by the number of the request.
    private let tasks = Mutex<[UInt64: Task<Void, Never>]>([:])

    init(_ handler: any JobHandler, pipeline: String, output: HostOutput, logger: Logger) {
        self.handler = handler
        self.pipeline = pipeline
        self.output = output
        self.logger = logger
    }

    func begin(_ job: Job, request: UInt64) {
        // Within the lock, so that a task that is done at once finds itself there.
        tasks.withLock { tasks in
            tasks[request] = Task.detached { [self] in
                await handle(job, request: request)
                self.tasks.withLock { $0[request] = nil }
            }
        }
    }

    func cancel(request: UInt64) {
        tasks.withLock { $0[request] }?.cancel()
    }

    private func handle(_ job: Job, request: UInt64) async {
        let kept = JobContext.Kept { [output] text in
            output.send("progress") { json in
                json.raw(",\"id\":\(request),\"text\":")
                json.string(text)
            }
        }
        let logger = Logger(label: logger.label) { [output] _ in HostLogHandler(output: output, request: request) }
        let context = JobContext(job: job, pipeline: pipeline, consumerID: "plugin", logger: logger, kept: kept)
        do {
            try await handler.handle(job, in: context)
            output.send("done") { json in
                json.raw(",\"id\":\(request)")
                json.append(output: kept.take())
            }
        } catch {
            let failure = error as? JobFailure ?? JobFailure("\(error)")
            output.send("failed") { json in
                json.raw(",\"id\":\(request),\"error\":")
                json.string(failure.reason)
                json.append(retry: failure.retry)
                json.append(output: kept.take())
            }
        }
    }
}

extension JSONWriter {
    /// The host takes no longer durations.
    private static let longestWait = Duration.seconds(365 * 86_400)

    fileprivate mutating func append(output: String?) {
        guard let output else { return }
        raw(",\"output\":")
        string(output)
    }

    fileprivate mutating func append(retry: JobFailure.Retry) {
        switch retry {
        case .byPolicy: break
        case .again: raw(",\"retry\":true")
        case .never: raw(",\"retry\":false")
        case .interrupted: raw(",\"retry\":\"interrupted\"")
        case .after(let duration):
            let wait = min(max(duration, .zero), Self.longestWait)
            raw(",\"retry\":\"\(Int64(wait / .milliseconds(1)))ms\"")
        }
    }
}
