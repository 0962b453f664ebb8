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
    /// Whether there are more than the first ones.
    private let hasMore: Bool
    private var attempts = 0
    private(set) var isAtEnd = false

    /// - Parameters:
    ///   - consumerID: the consumer that has the job in hand; `nil` if none has.
    ///   - busyTime: how long it has had the job.
    ///   - progress: how far the job is, as its handler says.
    init(
        _ details: JobDetails, consumerID: String? = nil, busyTime: Duration? = nil, progress: JobProgress? = nil,
        in records: any JobStoreReader
    ) {
        id = details.record.job.id
        self.records = records
        first = details.attempts
        hasMore = !details.hasAllAttempts
        let document = JobDocument(
            details.record, consumerID: consumerID, duration: busyTime ?? details.lastDuration, progress: progress,
            checkpoint: details.checkpoint)
        let json = document.json
        // The keys are in order, and `attempts` comes directly behind `attempt`, the first.
        let end = json.firstIndex(of: UInt8(ascii: ",")) ?? json.endIndex
        start = json[..<end] + Array(",\"attempts\":[".utf8)
        rest = Array("]".utf8) + json[end...]
    }

    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var json = start
        start = []
        let page: [Attempt]
        let isLast: Bool
        if let first {
            page = first
            isLast = !hasMore
            self.first = nil
        } else {
            page = try await records.attempts(job: id, skipping: attempts)
            isLast = page.isEmpty || Self.isShort(page)
        }
        for attempt in page {
            if attempts > 0 { json.append(UInt8(ascii: ",")) }
            json += JobDocument.Attempt(attempt).json
            attempts += 1
        }
        if isLast {
            isAtEnd = true
            json += rest
        }
        return json
    }

    /// Whether there is room for more in a page, so that there are no more attempts.
    private static func isShort(_ page: [Attempt]) -> Bool {
        var size = StorePage()
        return page.allSatisfy { size.add($0.textBytes) }
    }
}
