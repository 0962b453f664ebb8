import Kata
import KataAPI

/// A `JobDocument` with its attempts and with all of its texts, as JSON, page by page: one job may have many megabytes of
/// outputs.
struct JobPages: HTTPBodyPages {
    private let id: Job.ID
    private let records: any JobStoreReader
    /// The document from behind `"attempts"` on.
    private let rest: [UInt8]
    /// What comes before the next attempt, or before the rest.
    private var start: [UInt8]
    /// The first attempts, until they are written.
    private var first: [Attempt]?
    private var attempts = 0
    private(set) var isAtEnd = false

    /// - Parameters:
    ///   - consumerID: the consumer that has the job in hand; `nil` if none has.
    ///   - busyTime: how long it has had the job.
    ///   - progress: how far the job is, as its handler says.
    init(
        _ record: JobRecord, consumerID: String? = nil, busyTime: Duration? = nil, progress: JobProgress? = nil,
        in records: any JobStoreReader
    ) async throws {
        id = record.job.id
        self.records = records
        // The keys are in order, and `attempts` comes directly behind `attempt`, the first.
        let page = try await records.attempts(job: id, skipping: 0)
        // Mostly these are all of them, and nothing has to be read once more.
        let last = Self.isShort(page) ? page.last?.duration : try await records.lastDurations(jobs: [id])[id]
        first = page
        let document = JobDocument(
            record, consumerID: consumerID, duration: busyTime ?? last, progress: progress,
            checkpoint: record.state == .done ? nil : try await records.checkpoint(job: id))
        let json = [UInt8](try JSON.encode(document))
        let end = json.firstIndex(of: UInt8(ascii: ",")) ?? json.endIndex
        start = json[..<end] + Array(",\"attempts\":[".utf8)
        rest = Array("]".utf8) + json[end...]
    }

    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var json = start
        start = []
        let page: [Attempt]
        if let first {
            page = first
            self.first = nil
        } else {
            page = try await records.attempts(job: id, skipping: attempts)
        }
        for attempt in page {
            if attempts > 0 { json.append(UInt8(ascii: ",")) }
            json += try JSON.encode(JobDocument.Attempt(attempt))
            attempts += 1
        }
        if page.isEmpty || Self.isShort(page) {
            isAtEnd = true
            json += rest
        }
        return json
    }

    /// Whether there is room for more in a page, so that there are no more attempts.
    private static func isShort(_ page: [Attempt]) -> Bool {
        var size = StorePage()
        return page.allSatisfy { size.add(($0.error?.utf8.count ?? 0) + ($0.output?.utf8.count ?? 0)) }
    }
}

extension Attempt {
    fileprivate var duration: Duration { .milliseconds(finishedAt.milliseconds - startedAt.milliseconds) }
}
