extension JobEdit {
    private static let fields = ["item", "priority", "run_at", "delay", "key"]

    /// Reads an edit from JSON such as `{"item": "text", "priority": 5}`, and nothing behind it. The fields are those of a
    /// job that is submitted; an unknown field is a fault. A `key` of `null` takes the key away.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - now: what `delay` is counted from.
    /// - Throws: ``JSONScanner/Fault``.
    package init(json bytes: UnsafeBufferPointer<UInt8>, now: Timestamp) throws {
        var scanner = JSONScanner(bytes)
        var job = NewJob(item: "")
        var seen: Set<String> = []
        /// Without those that are null, which stand for fields that are not there.
        var given: Set<String> = []
        try scanner.expect("{", "an object such as {\"priority\": 5}")
        if !scanner.skip("}") {
            repeat {
                if scanner.peek() != UInt8(ascii: "\"") { throw scanner.unexpected("a key in quotes") }
                let start = scanner
                let key = try scanner.string()
                if !Self.fields.contains(key) {
                    let suggestion = nearest(to: key, in: Self.fields).map { "did you mean \"\($0)\"?" }
                    throw start.fault(
                        "\"\(key.abbreviated)\" can't be edited, "
                            + (suggestion ?? "expected one of \(Self.fields.joined(separator: ", "))"))
                }
                if !seen.insert(key).inserted { throw start.fault("\"\(key)\" is there twice") }
                try scanner.expect(":", "':'")
                if scanner.peek() != UInt8(ascii: "n") || key == "key" || key == "item" { given.insert(key) }
                try job.read(key, &scanner, keyAt: start, now: now)
            } while scanner.skip(",")
            try scanner.expect("}", "',' or '}'")
        }
        if seen.contains("run_at") && seen.contains("delay") {
            throw scanner.fault("\"run_at\" and \"delay\" are two ways to say when, expected one")
        }
        if scanner.peek() != nil { throw scanner.unexpected("nothing after the object") }
        self.init(
            item: given.contains("item") ? job.item : nil, priority: given.contains("priority") ? job.priority : nil,
            runAt: job.runAt, key: given.contains("key") ? .set(job.key) : .unchanged)
        if isEmpty {
            throw scanner.fault("nothing is to be changed, expected one of \(Self.fields.joined(separator: ", "))")
        }
    }
}
