import Foundation
import Kata
import KataAPI
import KataCommand

/// A line of an export, as a chart needs it.
struct RunResult {
    let runId: Int64
    let pipeline: String
    let consumerId: String
    let item: String
    let startedAt: Timestamp
    let finishedAt: Timestamp

    private struct Line: Decodable {
        let runId: Int64
        let pipeline: String
        let consumerId: String
        let item: String
        let startedAt: String
        let finishedAt: String
    }

    init(_ bytes: ArraySlice<UInt8>) throws {
        let line = try JSON.decode(Line.self, from: Data(bytes))
        guard let start = Timestamp(iso8601: line.startedAt), let end = Timestamp(iso8601: line.finishedAt) else {
            throw UsageError("a result has no times that can be read: \(line.startedAt), \(line.finishedAt)")
        }
        (runId, pipeline, consumerId, item) = (line.runId, line.pipeline, line.consumerId, line.item)
        (startedAt, finishedAt) = (start, end)
    }
}
