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
        if !tags.isEmpty { try Self.check(tags: tags) }
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

    /// Checks the limits of tags: at most ``tagCount`` different ones of 1 to ``tagLimit`` bytes, without spaces, commas and
    /// control characters.
    ///
    /// - Throws: ``JobFault``.
    package static func check(tags: [String]) throws(JobFault) {
        if tags.count > tagCount {
            throw JobFault(description: "the job has \(tags.count) tags, expected at most \(tagCount)")
        }
        for (index, tag) in tags.enumerated() {
            if !isTag(tag) {
                throw JobFault(
                    description:
                        "the tag '\(tag.abbreviated.printable)' is none, expected 1 to \(tagLimit) bytes without "
                        + "spaces, commas and control characters")
            }
            if tags[..<index].contains(where: { $0.utf8.elementsEqual(tag.utf8) }) {
                throw JobFault(description: "the tag '\(tag)' is there twice")
            }
        }
    }

    /// Whether a text may be a tag.
    package static func isTag(_ text: String) -> Bool {
        (1...tagLimit).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "," && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            }
    }

    private static func check(_ value: Int, of name: String, in range: ClosedRange<Int>) throws(JobFault) {
        if !range.contains(value) {
            throw JobFault(
                description: "the job's \(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
