import Kata

/// What a plugin is told; a line each.
enum PluginRequest {
    static func hello(kind: PluginKind, pipeline: String, config: ConfigurationNode?) -> [UInt8] {
        JSONWriter.message("hello") { json in
            json.raw(",\"protocol\":\(PluginHello.protocolVersion),\"kind\":\"\(kind.rawValue)\",\"pipeline\":")
            json.string(pipeline)
            json.raw(",\"config\":")
            if let config { config.write(to: &json) } else { json.raw("{}") }
        }
    }

    static func job(_ job: Job, id: UInt64) -> [UInt8] {
        JSONWriter.message("job") { json in
            json.raw(",\"id\":\(id),\"job\":\(job.id),\"attempt\":\(job.attempt),\"item\":")
            json.string(job.item)
        }
    }

    static func fetch(id: UInt64, limit: Int, cursor: String?) -> [UInt8] {
        JSONWriter.message("fetch") { json in
            json.raw(",\"id\":\(id),\"limit\":\(limit)")
            if let cursor {
                json.raw(",\"cursor\":")
                json.string(cursor)
            }
        }
    }

    static func cancel(id: UInt64) -> [UInt8] {
        JSONWriter.message("cancel") { $0.raw(",\"id\":\(id)") }
    }

    static func ping(id: UInt64) -> [UInt8] {
        JSONWriter.message("ping") { $0.raw(",\"id\":\(id)") }
    }

    static let goodbye = JSONWriter.message("goodbye") { _ in }
}
