extension NewJob {
    /// Checks the limits, which the reader of a job's JSON has checked for what comes over the wire. A store takes
    /// anything.
    ///
    /// - Throws: ``JobFault``.
    package func check() throws(JobFault) {
        try Self.check(item: item)
        try Self.check(priority, of: "priority", in: Self.priorities)
        if let maxAttempts { try Self.check(maxAttempts, of: "number of attempts", in: Self.attempts) }
        if let timeout, timeout < .milliseconds(1) {
            throw JobFault(description: "the job's timeout is \(timeout), expected at least 1 ms")
        }
        if let uniqueKey { try Self.check(uniqueKey.utf8.count, of: "unique key's size", in: 1...Self.keyLimit) }
        if let key { try Self.check(key.utf8.count, of: "key's size", in: 1...Self.keyLimit) }
        if !after.ranges.isEmpty { try Self.check(after.count, of: "number of jobs in after", in: 0...Self.afterLimit) }
    }

    /// Checks the limit of an item.
    ///
    /// - Throws: ``JobFault``.
    package static func check(item: String) throws(JobFault) {
        if item.utf8.count > itemLimit {
            throw JobFault(description: "the item has \(item.utf8.count) bytes, expected at most \(itemLimit)")
        }
    }

    private static func check(_ value: Int, of name: String, in range: ClosedRange<Int>) throws(JobFault) {
        if !range.contains(value) {
            throw JobFault(
                description: "the job's \(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
