import Kata
import KataAPI

/// A `JobListDocument` of jobs that may be pruned, with their attempts and with all of their texts, as JSON, page by page.
struct PrunablePages: HTTPBodyPages {
    /// After how many bytes the list has no further job, however many were asked for.
    static let budget = 8 << 20

    private let records: any JobStoreReader
    private let ids: [Job.ID]
    /// Whether there may be more jobs than those of `ids`.
    private let mayHaveMore: Bool
    private var index = 0
    private var job: JobPages?
    private var bytes = 0
    private var isEmpty = true
    private(set) var isAtEnd = false

    init(_ ids: [Job.ID], mayHaveMore: Bool, in records: any JobStoreReader) {
        self.ids = ids
        self.mayHaveMore = mayHaveMore
        self.records = records
    }

    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        var json = Array((bytes == 0 ? "{\"jobs\":[" : "").utf8)
        while json.count < StorePage.budget {
            guard let part = try await nextPart() else {
                isAtEnd = true
                json += Array(end.utf8)
                break
            }
            json += part
        }
        bytes += json.count
        return json
    }

    /// Some more of a job; `nil` where the list ends.
    private mutating func nextPart() async throws -> [UInt8]? {
        if let part = try await job?.next() { return part }
        job = nil
        while index < ids.count, bytes < Self.budget {
            index += 1
            // A job may have been pruned meanwhile.
            guard let details = try await records.details([ids[index - 1]])[0] else { continue }
            job = JobPages(details, in: records)
            let separator = isEmpty ? [] : [UInt8(ascii: ",")]
            isEmpty = false
            return separator + (try await job?.next() ?? [])
        }
        return nil
    }

    private var end: String {
        let isWhole = index == ids.count && !mayHaveMore
        return isWhole || index == 0 ? "]}" : "],\"next\":\(ids[index - 1])}"
    }
}
