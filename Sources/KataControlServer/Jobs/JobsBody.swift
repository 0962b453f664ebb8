import Hummingbird
import Kata
import KataControl

/// The jobs in the body of a request.
struct JobsBody {
    enum Format {
        case one
        /// NDJSON: an object a line. Lines that are empty count, and are left out.
        case many
    }

    let jobs: [NewJob]
    /// Tells another body from the same one.
    let fingerprint: Int64

    /// How large a request may be. Many jobs come in as many requests as need be.
    static let sizeLimit = 16 << 20
    static let countLimit = 10_000

    /// - Throws: ``ProblemDocument``.
    init(_ buffer: ByteBuffer, format: Format, now: Timestamp) throws {
        (jobs, fingerprint) = try buffer.withUnsafeReadableBytes { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            let jobs: [NewJob]
            switch format {
            case .one: jobs = [try Self.parse(bytes, line: nil, now: now)]
            case .many: jobs = try Self.parseLines(bytes, now: now)
            }
            return (jobs, Self.fingerprint(of: bytes))
        }
    }

    private static func parseLines(_ bytes: UnsafeBufferPointer<UInt8>, now: Timestamp) throws -> [NewJob] {
        var jobs: [NewJob] = []
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
            jobs.append(try parse(content, line: line, now: now))
        }
        return jobs
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, line: Int?, now: Timestamp) throws -> NewJob {
        do {
            return try NewJob(json: bytes, now: now)
        } catch let fault as JSONScanner.Fault {
            let place = line.map { "line \($0), byte \(fault.offset + 1)" } ?? "byte \(fault.offset + 1)"
            throw ProblemDocument(
                status: 422, title: "Bad job",
                detail: "\(place): \(fault.message); no job of this request was taken".printable, line: line)
        }
    }

    /// FNV-1a; it needs to tell mistakes, not attacks.
    private static func fingerprint(of bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
