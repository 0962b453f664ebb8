extension NewJob {
    /// Writes the job as the JSON that ``init(json:now:)`` reads: the item alone if nothing else is said.
    ///
    /// What only a source in the daemon itself can say is left out: ``failure``.
    package func write(to json: inout JSONWriter) {
        if self == NewJob(item: item) { return json.string(item) }
        json.object { json in
            json.field("item", item)
            if priority != 0 { json.field("priority", priority) }
            if let runAt { json.field("run_at", runAt.iso8601) }
            if let uniqueKey { json.field("unique", uniqueKey) }
            if let maxAttempts { json.field("max_attempts", maxAttempts) }
            if let timeout { json.field("timeout", "\(timeout.milliseconds)ms") }
            if let key { json.field("key", key) }
            if !after.ranges.isEmpty {
                json.key("after")
                json.list { json in
                    for range in after.ranges { json.string("\(range.lowerBound)-\(range.upperBound)") }
                }
            }
            if when != .done { json.field("when", when.rawValue) }
            if !tags.isEmpty {
                json.key("tags")
                json.list { json in
                    for tag in tags { json.string(tag) }
                }
            }
            if let traceParent { json.field("traceparent", traceParent.text) }
        }
    }
}
