/// Ids of jobs in the order in which they were added, kept as ranges, because jobs that come together have ids in a row.
public struct JobIDs: Hashable, Sendable {
    public private(set) var ranges: [ClosedRange<Job.ID>] = []

    public init() {}

    public init(_ ids: some Sequence<Job.ID>) {
        for id in ids { append(id...id) }
    }

    /// How many there are.
    public var count: Int {
        ranges.reduce(0) { $0 + $1.count }
    }

    /// - Precondition: ids are positive.
    public mutating func append(_ range: ClosedRange<Job.ID>) {
        if let last = ranges.last, last.upperBound < .max, last.upperBound + 1 == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound...range.upperBound
        } else {
            ranges.append(range)
        }
    }
}

extension JobIDs: Sequence {
    public func makeIterator() -> FlattenSequence<[ClosedRange<Job.ID>]>.Iterator {
        ranges.joined().makeIterator()
    }
}

extension JobIDs: ExpressibleByArrayLiteral {
    public init(arrayLiteral ids: Job.ID...) {
        self.init(ids)
    }
}
