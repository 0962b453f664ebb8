/// Failed jobs of a pipeline whose errors differ only in what ``ErrorPattern`` masks.
public struct FailureGroup: Hashable, Sendable {
    /// Tells groups apart, and is the same after a restart: twelve hexadecimal digits.
    public typealias ID = String

    /// The group's id.
    public let id: ID
    /// The name of the jobs' pipeline.
    public let pipeline: String
    /// What is the same in their errors.
    public let pattern: String
    /// How many jobs were found.
    public private(set) var count = 0
    /// When the first of them was finished.
    public private(set) var first: Timestamp
    /// When the latest of them was finished.
    public private(set) var last: Timestamp
    /// The one with the highest id.
    public let example: Job.ID
    /// The error of that one, or its beginning.
    public let error: String

    /// How many bytes of an error a group goes by.
    public static let textLimit = 512

    /// The id of the group that such a failure belongs to.
    public static func id(pipeline: String, error: String?) -> ID {
        id(pipeline: pipeline, pattern: ErrorPattern(of: CutText(error ?? "", limit: textLimit).beginning).text)
    }

    private static func id(pipeline: String, pattern: String) -> ID {
        var checksum = Checksum()
        // No name of a pipeline has a zero.
        var text = "\(pipeline)\0\(pattern)"
        text.withUTF8 { checksum.add($0) }
        let digits = String(checksum.value & 0xffff_ffff_ffff, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// The groups of these failed jobs, the one with most jobs first.
    ///
    /// - Parameter records: the latest first, each with at least ``textLimit`` bytes of its error.
    public static func groups(of records: [JobRecord]) -> [FailureGroup] {
        var groups: [ID: FailureGroup] = [:]
        for record in records {
            let error = CutText(record.error ?? "", limit: textLimit).beginning
            let pattern = ErrorPattern(of: error).text
            let id = id(pipeline: record.pipeline, pattern: pattern)
            let time = record.finishedAt ?? record.createdAt
            groups[
                id,
                default: FailureGroup(
                    id: id, pipeline: record.pipeline, pattern: pattern, first: time, last: time,
                    example: record.job.id, error: error)
            ].add(time)
        }
        return groups.values.sorted { ($0.count, $0.example) > ($1.count, $1.example) }
    }

    private mutating func add(_ time: Timestamp) {
        count += 1
        first = min(first, time)
        last = max(last, time)
    }
}
