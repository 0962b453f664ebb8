public import Kata

/// What `POST /v1/pipelines/NAME/jobs` answers: the ids of the jobs, in the order of the request. They are durable.
public struct SubmitDocument: Codable, Hashable, Sendable {
    public let ids: [Int64]
    /// Those of them that were there before, under the same unique key, so that nothing was added.
    public let duplicates: [Int64]

    public init(_ jobs: [SubmittedJob]) {
        ids = jobs.map(\.id)
        duplicates = jobs.lazy.filter(\.isDuplicate).map(\.id)
    }

    /// What ``JSON/encode(_:isPretty:)`` makes of it, in less time than it takes to submit a job.
    public var json: [UInt8] {
        var text = Array(#"{"duplicates":["#.utf8)
        Self.append(duplicates, to: &text)
        text += Array(#"],"ids":["#.utf8)
        Self.append(ids, to: &text)
        text += Array("]}".utf8)
        return text
    }

    private static func append(_ ids: [Int64], to text: inout [UInt8]) {
        for (index, id) in ids.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += String(id).utf8
        }
    }
}
