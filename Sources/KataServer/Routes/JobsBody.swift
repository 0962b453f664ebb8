import Kata
import KataAPI
import NIOCore

/// The jobs in the body of a request.
struct JobsBody {
    enum Format {
        case one
        /// NDJSON: an object a line. Lines that are empty count, and are left out.
        case many
    }

    let jobs: [NewJob]
    /// Why the jobs can't be taken any more: the time of one of them has passed. `nil` if they can. The request may
    /// still be a repetition of one that was taken in time.
    let lateness: ProblemDocument?
    /// Tells another body under the same idempotency key from the same body sent again.
    let fingerprint: Int64

    /// How many jobs a request may have. More jobs take several requests.
    static let countLimit = 10_000
    /// A job whose time has passed by no more than this is due now: its request may have been on the way.
    static let tolerance = Duration.seconds(60)

    /// - Throws: ``ProblemDocument``.
    init(_ buffer: ByteBuffer, format: Format, now: Timestamp) throws {
        let (parsed, fingerprint) = try buffer.withUnsafeReadableBytes { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            let parsed: [(job: NewJob, line: Int?)]
            switch format {
            case .one: parsed = [(try Self.parse(bytes, line: nil, now: now), nil)]
            case .many: parsed = try Self.parseLines(bytes, now: now)
            }
            return (parsed, Self.fingerprint(of: bytes))
        }
        jobs = parsed.map(\.job)
        self.fingerprint = fingerprint
        if jobs.reduce(0, { $0 + $1.after.count }) > NewJob.afterLimit {
            throw ProblemDocument(
                status: 422, title: "Bad job",
                detail: "the jobs of a request wait for at most \(NewJob.afterLimit) jobs in all; send them in several")
        }
        let late = parsed.first { $0.job.runAt.map { $0.advanced(by: Self.tolerance) < now } ?? false }
        lateness = late.map { job, line in
            let time = job.runAt?.iso8601 ?? ""
            return Self.problem("\"run_at\" is \(time), expected a time to come, it is \(now.iso8601)", line: line)
        }
    }

    /// The jobs, those that do not say where they come from with that.
    func jobs(from trace: TraceParent?) -> [NewJob] {
        guard let trace else { return jobs }
        return jobs.map { job in
            var job = job
            job.traceParent = job.traceParent ?? trace
            return job
        }
    }

    private static func parseLines(_ bytes: UnsafeBufferPointer<UInt8>, now: Timestamp) throws -> [(
        job: NewJob, line: Int?
    )] {
        var jobs: [(job: NewJob, line: Int?)] = []
        var start = 0
        var line = 0
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let content = UnsafeBufferPointer(rebasing: bytes[start..<end])
            start = end + 1
            if content.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
            if jobs.count == countLimit {
                throw ProblemDocument(
                    status: 413, title: "Too many jobs",
                    detail:
                        "there are more than \(countLimit) lines; send them in several requests, or use kata-ctl submit --file"
                )
            }
            jobs.append((try parse(content, line: line, now: now), line))
        }
        return jobs
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, line: Int?, now: Timestamp) throws -> NewJob {
        do {
            return try NewJob(json: bytes, now: now)
        } catch let fault as JSONScanner.Fault {
            throw problem(fault.message, line: line, offset: fault.offset)
        }
    }

    private static func problem(_ message: String, line: Int?, offset: Int? = nil) -> ProblemDocument {
        let place = [line.map { "line \($0)" }, offset.map { "byte \($0 + 1)" }].compactMap { $0 }
        let prefix = place.isEmpty ? "" : place.joined(separator: ", ") + ": "
        return ProblemDocument(
            status: 422, title: "Bad job",
            detail: "\(prefix)\(message); no job of this request was taken".printable, line: line)
    }

    private static func fingerprint(of bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        var checksum = Checksum()
        checksum.add(bytes)
        return Int64(bitPattern: checksum.value)
    }
}
