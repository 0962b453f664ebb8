import Kata

/// Documents of jobs are asked for more often than any other, so that they are written by hand, with their keys in the order in
/// which ``JSON/encode(_:isPretty:)`` writes them.
extension JobDocument {
    /// The document as JSON.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("attempt", attempt)
            if let attempts {
                json.key("attempts")
                json.list { json in for attempt in attempts { attempt.write(to: &json) } }
            }
            json.field("cancelled_with", unlessMissing: cancelledWith)
            json.field("checkpoint", unlessMissing: checkpoint)
            json.field("consumer_id", unlessMissing: consumerId)
            json.field("copy_of", unlessMissing: copyOf)
            json.field("created_at", createdAt)
            json.field("duration_seconds", unlessMissing: durationSeconds)
            json.field("error", unlessMissing: error)
            json.field("error_bytes", unlessMissing: errorBytes)
            json.field("error_cut", unlessMissing: errorCut)
            json.field("exit_code", unlessMissing: exitCode)
            json.field("finished_at", unlessMissing: finishedAt)
            json.field("id", id)
            json.field("interruptions", interruptions)
            json.field("item", item)
            json.field("item_bytes", unlessMissing: itemBytes)
            json.field("item_cut", unlessMissing: itemCut)
            json.field("key", unlessMissing: key)
            json.field("max_attempts", unlessMissing: maxAttempts)
            json.field("pipeline", pipeline)
            json.field("priority", priority)
            json.field("progress", unlessMissing: progress)
            json.field("progress_fraction", unlessMissing: progressFraction)
            json.field("run_at", unlessMissing: runAt)
            json.field("run_id", runId)
            json.field("state", state)
            if let tags {
                json.key("tags")
                json.list { json in for tag in tags { json.string(tag) } }
            }
            json.field("timeout_seconds", unlessMissing: timeoutSeconds)
            json.field("traceparent", unlessMissing: traceparent)
            json.field("unique", unlessMissing: unique)
        }
        return json.bytes
    }
}

extension JobDocument.Attempt {
    /// The document as JSON.
    public var json: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("attempt", attempt)
            json.field("consumer_id", consumerId)
            json.field("error", unlessMissing: error)
            json.field("exit_code", unlessMissing: exitCode)
            json.field("finished_at", finishedAt)
            json.field("outcome", outcome)
            json.field("output", unlessMissing: output)
            json.field("peak_memory_bytes", unlessMissing: peakMemoryBytes)
            json.field("started_at", startedAt)
            json.field("system_seconds", unlessMissing: systemSeconds)
            json.field("user_seconds", unlessMissing: userSeconds)
            json.field("waited_seconds", unlessMissing: waitedSeconds)
            json.field("worked_seconds", unlessMissing: workedSeconds)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func field(_ name: String, unlessMissing text: String?) {
        if let text { field(name, text) }
    }

    fileprivate mutating func field(_ name: String, unlessMissing number: (some FixedWidthInteger)?) {
        if let number { field(name, number) }
    }

    fileprivate mutating func field(_ name: String, unlessMissing number: Double?) {
        if let number { field(name, number) }
    }

    fileprivate mutating func field(_ name: String, unlessMissing isTrue: Bool?) {
        if let isTrue { field(name, isTrue) }
    }
}
