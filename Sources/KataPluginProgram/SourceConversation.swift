import Kata

/// Gives the items that the host asks for, one request after the other.
final class SourceConversation: HostConversation {
    /// The longest line that the host reads.
    private static let lineLimit = 8 << 20
    /// The longest timeout that the host takes.
    private static let longestTimeout = Duration.seconds(365 * 86_400)

    private let source: any JobSource
    /// The host does not tell which of its runs the items are for.
    private let run: Run
    private let output: HostOutput
    private let tasks = RequestTasks()

    init(_ source: any JobSource, pipeline: String, output: HostOutput) {
        self.source = source
        run = Run(id: 0, pipeline: pipeline, items: nil, startedAt: .now())
        self.output = output
    }

    var isFinite: Bool? { source.extent == .bounded }

    func receive(_ message: HostMessage) {
        switch message {
        case .fetch(let request, let limit, let cursor):
            tasks.begin(request) { [self] in await fetch(limit, from: cursor, request: request) }
        case .cancel(let request): tasks.cancel(request)
        // The source may wait for ever for its next item.
        case .goodbye: tasks.cancelAll()
        case .hello, .job, .ping, .other: break
        }
    }

    func stop() async {
        await source.stop()
    }

    private func fetch(_ limit: Int, from cursor: String?, request: UInt64) async {
        do {
            output.send(line: try await line(limit, from: cursor, request: request))
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

    /// The answer with the next items: fewer than were asked for, if so many do not fit in a line.
    ///
    /// - Throws: what the source throws; ``JobFailure`` for what the protocol has no way to say.
    private func line(_ limit: Int, from cursor: String?, request: UInt64) async throws -> [UInt8] {
        var limit = limit
        while true {
            let batch = try await source.items(
                from: cursor.map { .at(cursor: $0) } ?? .start, run: run, limit: limit)
            let jobs = batch.jobs
            let size = jobs.reduce(0) { $0 + $1.item.utf8.count }
            if size <= Self.lineLimit {
                let line = try Self.line(jobs, batch.progress, from: cursor, request: request)
                // Without its line feed
                if line.count <= Self.lineLimit + 1 { return line }
            }
            if jobs.count <= 1 {
                throw JobFailure("an item has \(size) bytes, and does not fit in a line of \(Self.lineLimit)")
            }
            limit = size > Self.lineLimit ? max(1, jobs.count * Self.lineLimit / size) : jobs.count / 2
        }
    }

    private static func line(
        _ jobs: [NewJob], _ progress: SourceProgress, from cursor: String?, request: UInt64
    ) throws -> [UInt8] {
        for job in jobs {
            // What the host would take for no message.
            try job.check()
            if let timeout = job.timeout, timeout > longestTimeout {
                throw JobFailure("a job's timeout is \(timeout), expected at most 365 days")
            }
        }
        if let failed = jobs.first(where: { $0.failure != nil }) {
            throw JobFailure("a plugin's source can't give a job that has failed already: \(failed.failure ?? "")")
        }
        if cursor != nil && progress == .start {
            throw JobFailure("a plugin's source can't go back to its start")
        }
        return JSONWriter.message("items") { json in
            json.field("id", request)
            json.key("items")
            json.list { json in
                for job in jobs { job.write(to: &json) }
            }
            switch progress {
            case .start: break
            case .at(let next): json.field("cursor", next)
            case .exhausted: json.field("end", true)
            }
        }
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
