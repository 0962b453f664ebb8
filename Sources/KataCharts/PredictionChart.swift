import Foundation

/// Bars for what theory says of a run and what it took.
package enum PredictionChart {
    package static func svg(bound: Double, predicted: Double, measured: Double, isOver: Bool) -> String {
        let most = max(bound, predicted, measured, 0.001)
        let rows: [(String, Double, String)] = [
            ("lower bound", bound, "bar b"), ("predicted", predicted, "bar b"),
            (isOver ? "measured" : "until now", measured, "bar"),
        ]
        let lines = rows.enumerated().map { index, row in
            let y = 4 + 28 * index
            let width = max(1, 212 * row.1 / most)
            return "<text x=\"0\" y=\"\(y + 14)\">\(row.0)</text>"
                + "<rect class=\"\(row.2)\" x=\"78\" y=\"\(y)\" width=\"\(Words.coordinate(width))\" height=\"20\" rx=\"2\"/>"
                + "<text class=\"strong\" x=\"\(Words.coordinate(86 + width))\" y=\"\(y + 14)\">\(String(format: "%.2f s", row.1))</text>"
        }
        let label = rows.map { "\($0.0) \(String(format: "%.2f", $0.1)) s" }.joined(separator: ", ")
        return
            "<svg class=\"chart\" width=\"340\" height=\"88\" viewBox=\"0 0 340 88\" role=\"img\" aria-label=\"\(label)\">\(lines.joined())</svg>"
    }
}
