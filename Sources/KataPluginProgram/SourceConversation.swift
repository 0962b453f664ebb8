import Kata
import Logging
import Synchronization

/// Gives the items that the host asks for, one request after the other.
final class SourceConversation: HostConversation {
    /// The longest line that the host reads.
    private static let lineLimit = 8 << 20

    private let source: any JobSource
    /// The host does not tell which of its runs the items are for.
    private let run: Run
    private let output: HostOutput
    private let logger: Logger
    /// The tasks of requests that are not answered yet, by the request's number.
    private let tasks = Mutex<[UInt64: Task<Void, Never>]>([:])

    init(_ source: any JobSource, pipeline: String, output: HostOutput, logger: Logger) {
        self.source = source
        run = Run(id: 0, pipeline: pipeline, items: nil, startedAt: .now())
        self.output = output
        self.logger = logger
    }

    func receive(_ message: HostMessage) {
        switch message {
        case .fetch(let request, let limit, let cursor):
            // Within the lock, so that a task that is done at once finds itself there.
            tasks.withLock { tasks in
                tasks[request] = Task.detached { [self] in
                    await fetch(limit, from: cursor, request: request)
                    self.tasks.withLock { $0[request] = nil }
                }
            }
        case .cancel(let request): tasks.withLock { $0[request] }?.cancel()
        // The source may wait for ever for its next item.
        case .goodbye: for task in tasks.withLock({ Array($0.values) }) { task.cancel() }
        case .hello, .job, .ping, .other: break
        }
    }

    func stop() async {
        await source.stop()
    }

    private func fetch(_ limit: Int, from cursor: String?, request: UInt64) async {
        do {
            let batch = try await source.items(
                from: cursor.map { .at(cursor: $0) } ?? .start, run: run, limit: limit)
            try answer(batch, cursor, request)
        } catch  where Task.isCancelled {
            // Nothing of it is kept.
            output.send("items") { json in
                json.field("id", request)
                json.key("items")
                json.list { _ in }
                if let cursor { json.field("cursor", cursor) }
            }
        } catch {
            output.send("failed") { json in
                json.field("id", request)
                json.field("error", (error as? JobFailure)?.reason ?? "\(error)")
            }
        }
    }

    /// - Throws: ``JobFailure`` for what the protocol has no way to say.
    private func answer(_ batch: SourceBatch, _ cursor: String?, _ request: UInt64) throws {
        let jobs = batch.jobs
        if let failed = jobs.first(where: { $0.failure != nil }) {
            throw JobFailure("a plugin's source can't give a job that has failed already: \(failed.failure ?? "")")
        }
        let line = JSONWriter.message("items") { json in
            json.field("id", request)
            json.key("items")
            json.list { json in
                for job in jobs { job.write(to: &json) }
            }
            switch batch.progress {
            case .start: if let cursor { json.field("cursor", cursor) }
            case .at(let next): json.field("cursor", next)
            case .exhausted: json.field("end", true)
            }
        }
        if line.count > Self.lineLimit {
            throw JobFailure(
                "the source gave \(line.count) bytes of items at once, expected at most \(Self.lineLimit)")
        }
        output.send(line: line)
    }
}

extension SourceBatch {
    fileprivate var jobs: [NewJob] {
        switch content {
        case .items(let items): items.map { NewJob(item: $0) }
        case .jobs(let jobs): jobs
        }
    }
}
