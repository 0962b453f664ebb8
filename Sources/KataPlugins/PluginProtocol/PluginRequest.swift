import Kata

/// The lines that a plugin is sent, each with its line feed.
enum PluginRequest {
    static func hello(kind: PluginKind, pipeline: String, config: ConfigurationNode?) -> [UInt8] {
        JSONWriter.message("hello") { json in
            json.field("protocol", PluginHello.protocolVersion)
            json.field("kind", kind.rawValue)
            json.field("pipeline", pipeline)
            json.key("config")
            if let config { config.write(to: &json) } else { json.object { _ in } }
        }
    }

    /// - Parameter checkpoint: what an earlier attempt has left.
    static func job(_ job: Job, id: UInt64, checkpoint: String? = nil) -> [UInt8] {
        JSONWriter.message("job") { json in
            json.field("id", id)
            json.field("job", job.id)
            json.field("attempt", job.attempt)
            json.field("item", job.item)
            if let checkpoint { json.field("checkpoint", checkpoint) }
            if let trace = job.traceParent { json.field("traceparent", trace.text) }
        }
    }

    static func fetch(id: UInt64, limit: Int, cursor: String?) -> [UInt8] {
        JSONWriter.message("fetch") { json in
            json.field("id", id)
            json.field("limit", limit)
            if let cursor { json.field("cursor", cursor) }
        }
    }

    static func cancel(id: UInt64) -> [UInt8] {
        JSONWriter.message("cancel") { $0.field("id", id) }
    }

    static func ping(id: UInt64) -> [UInt8] {
        JSONWriter.message("ping") { $0.field("id", id) }
    }

    static let goodbye = JSONWriter.message("goodbye") { _ in }
}
