public import Kata

/// What `GET /v1/failures` and `kata-ctl failures --json` say: failed jobs, grouped by what is the same in their errors.
public struct FailuresDocument: Codable, Hashable, Sendable {
    /// Failed jobs whose errors differ only in numbers, paths, quoted texts and ids.
    public struct Group: Codable, Hashable, Sendable {
        /// The group's id, twelve hexadecimal digits, for `group`.
        public let group: String
        /// The name of the jobs' pipeline.
        public let pipeline: String
        /// How many jobs there are.
        public let count: Int
        /// What is the same in their errors.
        public let pattern: String
        /// When the first of them failed.
        public let first: String
        /// When the latest of them failed.
        public let last: String
        /// The id of one of them.
        public let exampleId: Int64
        /// The error of that one, or its beginning.
        public let example: String
    }

    /// The one with most jobs first.
    public let groups: [Group]
    /// The job to go on from, as `before`, where there are more failed jobs than are grouped at a time; missing if these are all.
    public let next: Int64?

    /// - Parameter next: the last job that was looked at; `nil` if none is left.
    public init(_ groups: [FailureGroup], next: Int64? = nil) {
        self.init(
            groups.map { group in
                Group(
                    group: group.id, pipeline: group.pipeline, count: group.count, pattern: group.pattern,
                    first: group.first.iso8601, last: group.last.iso8601, exampleId: group.example,
                    example: group.error)
            }, next: next)
    }

    private init(_ groups: [Group], next: Int64?) {
        self.groups = groups
        self.next = next
    }

    /// These groups and those of the answer that goes on where this one ends, as one.
    public func joined(with other: FailuresDocument) -> FailuresDocument {
        var joined: [String: Group] = [:]
        for group in groups + other.groups { joined[group.group] = joined[group.group]?.joined(with: group) ?? group }
        let sorted = joined.values.sorted { ($0.count, $0.exampleId) > ($1.count, $1.exampleId) }
        return FailuresDocument(sorted, next: other.next)
    }
}

extension FailuresDocument.Group {
    fileprivate func joined(with other: Self) -> Self {
        .init(
            group: group, pipeline: pipeline, count: count + other.count, pattern: pattern,
            first: min(first, other.first), last: max(last, other.last), exampleId: exampleId, example: example)
    }
}
