import Foundation
import Testing

/// What a database says of a run, as a user reads it.
struct Recorded {
    struct Line: Hashable {
        let consumerID: String
        let item: String
    }

    let lines: [Line]
    /// Milliseconds from each item's start to its end.
    let milliseconds: [Int]

    init(in workplace: Workplace) async throws {
        let rows = try await workplace.query(
            """
            SELECT consumer_id, item,
                round((julianday(finished_at) - julianday(started_at)) * 86400000) FROM results
            """
        )
        var lines: [Line] = []
        var milliseconds: [Int] = []
        for row in rows.split(separator: "\n") {
            let columns = row.components(separatedBy: " | ")
            try #require(columns.count == 3, "an odd row: \(row)")
            lines.append(Line(consumerID: columns[0], item: columns[1]))
            milliseconds.append(Int(try #require(Double(columns[2]))))
        }
        self.lines = lines
        self.milliseconds = milliseconds
    }

    /// Whether the integers from 0 are there, each once.
    func isComplete(items: Int) -> Bool {
        lines.compactMap { Int($0.item) }.sorted() == Array(0..<items)
    }

    /// Whether every consumer ID is one of `c1`…`cN`.
    func consumersAreAmong(_ count: Int) -> Bool {
        Set(lines.map(\.consumerID)).isSubset(of: (1...count).map { "c\($0)" })
    }
}
