/// How results are written to a file.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// The flat file: one line a consumed item, `consumer ID | queue item`.
    case text
    /// A JSON object a line, with times and the attempt.
    case ndjson
    /// The same as a table: a line of names, then one for each result. An item that has line breaks keeps them, in quotes.
    case csv

    private static let columns = [
        "job_id", "run_id", "pipeline", "consumer_id", "item", "attempt", "started_at", "finished_at",
    ]

    /// What comes before the first result.
    var header: [UInt8] {
        switch self {
        case .text, .ndjson: []
        case .csv: Array((Self.columns.joined(separator: ",") + "\n").utf8)
        }
    }

    /// Appends a result with its line break. Times are ISO 8601 in UTC.
    public func append(_ result: JobResult, to bytes: inout [UInt8]) {
        switch self {
        case .text: Self.appendText(result, to: &bytes)
        case .ndjson: Self.appendJSON(result, to: &bytes)
        case .csv: Self.appendRow(result, to: &bytes)
        }
    }

    private static func appendJSON(_ result: JobResult, to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.field("job_id", result.jobID)
            json.field("run_id", result.runID)
            json.field("pipeline", result.pipeline)
            json.field("consumer_id", result.consumerID)
            json.field("item", result.shownItem)
            json.field("attempt", result.attempt)
            json.field("started_at", result.startedAt.iso8601)
            json.field("finished_at", result.finishedAt.iso8601)
        }
        bytes += json.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func appendRow(_ result: JobResult, to bytes: inout [UInt8]) {
        bytes += "\(result.jobID),\(result.runID),\(result.pipeline),\(result.consumerID),".utf8
        appendQuoted(result.shownItem, to: &bytes)
        bytes += ",\(result.attempt),\(result.startedAt.iso8601),\(result.finishedAt.iso8601)\n".utf8
    }

    /// As RFC 4180 has it: in quotes if it has to be, and its own quotes twice. The other columns never have to be.
    private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        let special = Array(",\"\r\n".utf8)
        guard text.utf8.contains(where: special.contains) else {
            bytes += text.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
