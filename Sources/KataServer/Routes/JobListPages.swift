import Kata
import KataAPI

/// A `JobListDocument` with jobs as lists show them, as JSON, page by page.
struct JobListPages: HTTPBodyPages {
    /// Reads some more jobs: at most so many, after the last one, `nil` at first. Fewer only if there are no more.
    typealias Read = @Sendable (_ last: Job.ID?, _ limit: Int) async throws -> [JobRecord]

    /// How many jobs are read at a time. With their texts cut they are about 150 KiB at the most.
    private static let pageSize = 64

    private let limit: Int
    private let consumers: [Job.ID: ConsumerStatus]
    private let records: any JobStoreReader
    private let read: Read
    private var count = 0
    private var last: Job.ID?
    private(set) var isAtEnd = false

    /// - Parameters:
    ///   - limit: how many jobs the list has at the most.
    ///   - consumers: those that have a job in hand, by job.
    ///   - records: tells how long the last attempts took.
    init(
        limit: Int, consumers: [Job.ID: ConsumerStatus], records: any JobStoreReader, read: @escaping Read
    ) {
        self.limit = limit
        self.consumers = consumers
        self.records = records
        self.read = read
    }

    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var json = Array((count == 0 ? "{\"jobs\":[" : "").utf8)
        let wanted = min(Self.pageSize, limit - count)
        let records = try await read(last, wanted)
        let durations = try await self.records.lastDurations(jobs: records.map(\.job.id))
        for record in records {
            let consumer = consumers[record.job.id]
            let duration = consumer?.busyTime ?? durations[record.job.id]
            if count > 0 { json.append(UInt8(ascii: ",")) }
            json += try JSON.encode(JobDocument(record, consumerID: consumer?.id, duration: duration))
            count += 1
        }
        last = records.last?.job.id ?? last
        if records.count < wanted {
            isAtEnd = true
            json += Array("]}".utf8)
        } else if count == limit {
            isAtEnd = true
            json += Array((last.map { "],\"next\":\($0)}" } ?? "]}").utf8)
        }
        return json
    }
}
