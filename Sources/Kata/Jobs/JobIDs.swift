/// Ids of jobs in the order in which they were added, kept as ranges, because jobs that come together have ids in a
/// row.
public struct JobIDs: Hashable, Sendable {
    /// The ids as ranges, in the order in which they were added. A range that goes on where the last one ended is
    /// joined to it.
    public private(set) var ranges: [ClosedRange<Job.ID>] = []

    /// Makes a list without ids.
    public init() {}

    /// Makes a list of the ids in their order; what is there twice is kept twice.
    public init(_ ids: some Sequence<Job.ID>) {
        for id in ids { append(id...id) }
    }

    /// How many ids there are; `Int.max` if there are more than that.
    public var count: Int {
        ranges.reduce(0) { sum, range in
            let (distance, isFar) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            let (count, isMany) = Int(clamping: distance).addingReportingOverflow(sum)
            return isFar || isMany || count == .max ? .max : count + 1
        }
    }

    /// Adds all ids of a range at the end.
    ///
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
    /// Goes through the ids one by one, in the order in which they were added.
    public func makeIterator() -> FlattenSequence<[ClosedRange<Job.ID>]>.Iterator {
        ranges.joined().makeIterator()
    }
}

extension JobIDs: ExpressibleByArrayLiteral {
    /// Makes a list of the ids in the order in which they are written.
    public init(arrayLiteral ids: Job.ID...) {
        self.init(ids)
    }
}
