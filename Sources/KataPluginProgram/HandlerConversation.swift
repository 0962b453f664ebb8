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
            tasks[request] = Task {
                await handle(job, request: request)
                self.tasks.withLock { $0[request] = nil }
            }
        }
    }

    func cancel(request: UInt64) {
        tasks.withLock { $0[request] }?.cancel()
    }

    private func handle(_ job: Job, request: UInt64) async {
        var logger = logger
        logger[metadataKey: HostLogHandler.requestKey] = "\(request)"
        let kept = JobContext.Kept { [output] text in
            output.send("progress") { json in
                json.raw(",\"id\":\(request),\"text\":")
                json.string(text)
            }
        }
        let context = JobContext(
            job: job, pipeline: pipeline, consumerID: "plugin", logger: logger, kept: kept)
        do {
            try await handler.handle(job, in: context)
            output.send("done") { json in
                json.raw(",\"id\":\(request)")
                guard let text = kept.take() else { return }
                json.raw(",\"output\":")
                json.string(text)
            }
        } catch {
            let failure = error as? JobFailure ?? JobFailure("\(error)")
            output.send("failed") { json in
                json.raw(",\"id\":\(request),\"error\":")
                json.string(failure.reason)
                switch failure.retry {
                case .byPolicy: break
                case .again, .interrupted: json.raw(",\"retry\":true")
                case .never: json.raw(",\"retry\":false")
                case .after(let duration): json.raw(",\"retry\":\"\(Int64(duration / .milliseconds(1)))ms\"")
                }
            }
        }
    }
}
