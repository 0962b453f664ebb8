extension NewJob {
    private static let fields = [
        "item", "priority", "run_at", "delay", "unique", "max_attempts", "timeout", "key", "after", "when", "tags",
        "traceparent",
    ]

    /// Reads a job from JSON such as `{"item": "text", "priority": 5}`, and nothing behind it. The fields are those of
    /// docs/jobs.md; an unknown field is a fault. An item that is no string is kept as its text; `null` in any other
    /// field stands for a field that is not there.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - now: what `delay` is counted from.
    /// - Throws: ``JSONScanner/Fault``.
    package init(json bytes: UnsafeBufferPointer<UInt8>, now: Timestamp) throws {
        var scanner = JSONScanner(bytes)
        self.init(item: "")
        var seen: [String] = []
        try scanner.expect("{", "an object such as {\"item\": \"text\"}")
        if !scanner.skip("}") {
            repeat {
                if scanner.peek() != UInt8(ascii: "\"") { throw scanner.unexpected("a key in quotes") }
                let start = scanner
                let key = try scanner.string()
                if seen.contains(key) { throw start.fault("\"\(key)\" is there twice") }
                seen.append(key)
                try scanner.expect(":", "':'")
                try read(key, &scanner, keyAt: start, now: now)
            } while scanner.skip(",")
            try scanner.expect("}", "',' or '}'")
        }
        if seen.contains("run_at") && seen.contains("delay") {
            throw scanner.fault("\"run_at\" and \"delay\" are two ways to say when, expected one")
        }
        if scanner.peek() != nil { throw scanner.unexpected("nothing after the object") }
        if !seen.contains("item") {
            throw scanner.fault("there is no \"item\", expected an object such as {\"item\": \"text\"}")
        }
    }

    mutating func read(_ key: String, _ scanner: inout JSONScanner, keyAt start: JSONScanner, now: Timestamp)
        throws
    {
        if key == "item" {
            item = scanner.peek() == UInt8(ascii: "\"") ? try scanner.string() : try scanner.compactText()
            if item.utf8.count > Self.itemLimit {
                throw start.fault("\"item\" has \(item.utf8.count) bytes, expected at most \(Self.itemLimit)")
            }
            return
        }
        guard Self.fields.contains(key) else {
            let suggestion =
                nearest(to: key, in: Self.fields).map { "did you mean \"\($0)\"?" }
                ?? "expected one of \(Self.fields.joined(separator: ", "))"
            throw start.fault("there is no field \"\(key.abbreviated)\", \(suggestion)")
        }
        let isText = scanner.peek() == UInt8(ascii: "\"")
        let value = isText ? try scanner.string() : try scanner.compactText()
        if !isText && value == "null" { return }
        func fault(_ expected: String) -> JSONScanner.Fault {
            start.fault(
                "\"\(key)\" is \(isText ? "\"\(value.abbreviated)\"" : value.abbreviated), expected \(expected)")
        }
        switch key {
        case "priority":
            guard !isText, let number = Int(value), Self.priorities.contains(number) else {
                throw fault("a whole number from \(Self.priorities.lowerBound) to \(Self.priorities.upperBound)")
            }
            priority = number
        case "max_attempts":
            guard !isText, let number = Int(value), Self.attempts.contains(number) else {
                throw fault("a whole number from \(Self.attempts.lowerBound) to \(Self.attempts.upperBound)")
            }
            maxAttempts = number
        case "unique":
            guard isText, (1...Self.keyLimit).contains(value.utf8.count) else {
                throw fault("a text of 1 to \(Self.keyLimit) bytes")
            }
            uniqueKey = value
        case "key":
            guard isText, (1...Self.keyLimit).contains(value.utf8.count) else {
                throw fault("a text of 1 to \(Self.keyLimit) bytes")
            }
            self.key = value
        case "after":
            guard !isText, let jobs = JobIDs(json: value, limit: Self.afterLimit) else {
                throw fault(
                    "a list of at most \(Self.afterLimit) ids of jobs and ranges of them, such as [17, \"20-29\"]")
            }
            after = jobs
        case "tags":
            guard !isText, let tags = Self.tags(json: value) else {
                throw fault(
                    "a list of at most \(Self.tagCount) texts of 1 to \(Self.tagLimit) bytes without spaces and commas, such as [\"nightly\"]"
                )
            }
            self.tags = tags
        case "traceparent":
            guard isText, let trace = TraceParent(value) else {
                throw fault(
                    "a traceparent of W3C Trace Context, such as \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\""
                )
            }
            traceParent = trace
        case "when":
            guard isText, let condition = Condition(rawValue: value) else {
                throw fault("what the jobs in \"after\" have to be: \"done\" or \"finished\"")
            }
            when = condition
        case "timeout":
            guard isText, let duration = Duration(configuration: value), duration >= .milliseconds(1) else {
                throw fault("a duration of at most 365d, such as \"1.5s\" or \"10m\"")
            }
            timeout = duration
        case "delay":
            guard isText, let duration = Duration(configuration: value) else {
                throw fault("a duration of at most 365d, such as \"1.5s\" or \"10m\"")
            }
            runAt = now.advanced(by: duration)
        default:
            guard isText, let time = Timestamp(iso8601: value) else {
                throw fault("a time such as \"2026-01-31T12:00:00Z\"")
            }
            runAt = time
        }
    }

    /// - Returns: `nil` if it is no list of tags.
    private static func tags(json text: String) -> [String]? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            var tags: [String] = []
            guard scanner.skip("[") else { return nil }
            if scanner.skip("]") { return [] }
            repeat {
                // What is no text is no tag either.
                guard let tag = try? scanner.string(), tags.count < tagCount else { return nil }
                tags.append(tag)
            } while scanner.skip(",")
            do {
                try check(tags: tags)
                return tags
            } catch {
                return nil
            }
        }
    }
}
