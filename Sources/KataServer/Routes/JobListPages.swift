import Kata
import KataAPI

/// A `JobListDocument` with jobs as lists show them, as JSON, page by page.
struct JobListPages: HTTPBodyPages {
    /// Some more jobs.
    struct Part {
        let jobs: [JobRecord]
        /// How many were looked at to find them.
        let lookedAt: Int
        /// From where on to look for more; `nil` if there are no more.
        let next: Job.ID?
    }

    /// Reads some more jobs before that one, at most so many. There may be fewer although there are more.
    typealias Read = @Sendable (_ before: Job.ID, _ limit: Int) async throws -> Part

    /// How many jobs are read at a time. With their texts cut they are about 150 KiB at the most.
    private static let pageSize = 64
    /// How long a list looks for jobs, and at how many it looks at the most: after that it ends, and says where to go on.
    private static let patience = Duration.milliseconds(100)
    private static let lookLimit = 200_000

    private let limit: Int
    private let saysHowFar: Bool
    private let consumers: [Job.ID: ConsumerStatus]
    private let records: any JobStoreReader
    private let read: Read
    private let clock: any MonotonicClock
    private var count = 0
    private var lookedAt = 0
    private var time = Duration.zero
    private var before: Job.ID
    private(set) var isAtEnd = false

    /// - Parameters:
    ///   - before: where the list begins.
    ///   - limit: how many jobs the list has at the most.
    ///   - saysHowFar: whether the list says at how many jobs it looked.
    ///   - consumers: those that have a job in hand, by job.
    ///   - records: tells how long the last attempts took.
    init(
        before: Job.ID, limit: Int, saysHowFar: Bool = false, consumers: [Job.ID: ConsumerStatus],
        records: any JobStoreReader, clock: any MonotonicClock = PreciseClock(), read: @escaping Read
    ) {
        self.before = before
        self.limit = limit
        self.saysHowFar = saysHowFar
        self.consumers = consumers
        self.records = records
        self.clock = clock
        self.read = read
    }

    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var json = Array((count == 0 ? "{\"jobs\":[" : "").utf8)
        let wanted = min(Self.pageSize, limit - count)
        let part = try await part(wanted)
        let durations = try await self.records.lastDurations(jobs: part.jobs.map(\.job.id))
        for record in part.jobs {
            let consumer = consumers[record.job.id]
            let duration = consumer?.busyTime ?? durations[record.job.id]
            if count > 0 { json.append(UInt8(ascii: ",")) }
            json += try JSON.encode(
                JobDocument(
                    record, consumerID: consumer?.id, duration: duration, progress: consumer?.progress))
            count += 1
        }
        if let next = part.next, count < limit, part.jobs.count == wanted {
            before = next
        } else {
            isAtEnd = true
            json += Array("]\(end(part.next))}".utf8)
        }
        return json
    }

    /// So many jobs; fewer only if there are no more, or it would take too long to look for them.
    private mutating func part(_ wanted: Int) async throws -> Part {
        var jobs: [JobRecord] = []
        var next: Job.ID? = before
        while jobs.count < wanted, lookedAt < Self.lookLimit, time < Self.patience, let before = next {
            let start = clock.now
            let part = try await read(before, wanted - jobs.count)
            time += start.duration(to: clock.now)
            jobs += part.jobs
            lookedAt += part.lookedAt
            next = part.next
        }
        return Part(jobs: jobs, lookedAt: lookedAt, next: next)
    }

    /// What follows the jobs; the keys are in order.
    private func end(_ next: Job.ID?) -> String {
        (saysHowFar ? ",\"looked_at\":\(lookedAt)" : "") + (next.map { ",\"next\":\($0)" } ?? "")
    }
}
