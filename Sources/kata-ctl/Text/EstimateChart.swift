import Kata
import KataAPI
import KataCommand

/// An estimate for people: the figures, and time against workers as a chart.
struct EstimateChart {
    private(set) var lines: [String] = []
    private static let mark = " ← enough"

    /// - Parameter width: the terminal's, in columns; `nil` where there is none.
    init(_ estimate: EstimateDocument, width: Int?) {
        lines.append(
            "pipeline \(estimate.pipeline): \(counted(estimate.items, "item")), \(counted(estimate.workers, "worker"))")
        lines.append("  predicted    \(Self.time(estimate.predictedSeconds))")
        lines.append(
            "  lower bound  \(Self.time(estimate.lowerBoundSeconds)), first reached with "
                + counted(estimate.workersNeeded, "worker"))
        lines.append("  limited by   \(Self.reason(estimate))")
        lines.append("")
        var table = TextTable([("WORKERS", .right), ("TIME", .right), ("", .left)], indent: 2)
        for point in estimate.predictions { table.add(["\(point.workers)", Self.time(point.predictedSeconds), ""]) }
        let room = max(10, (width ?? 80) - table.lastColumnStart - Self.mark.columns)
        let longest = max(estimate.predictions.map(\.predictedSeconds).max() ?? 0, .leastNonzeroMagnitude)
        for (row, point) in estimate.predictions.enumerated() {
            let length = Int((point.predictedSeconds / longest * Double(room)).rounded())
            let bar = String(repeating: "▇", count: max(point.predictedSeconds > 0 ? 1 : 0, length))
            table.setLastCell(of: row, to: bar + (point.workers == estimate.workersNeeded ? Self.mark : ""))
        }
        lines += table.lines(width: width)
    }

    private static func reason(_ estimate: EstimateDocument) -> String {
        switch estimate.bottleneck {
        case "consumers": "the consumers: more of them finish sooner"
        case "producer": "the producer: items come no faster, more workers would not help"
        default: estimate.bottleneck
        }
    }

    private static func time(_ seconds: Double) -> String {
        // Past a million years nobody asks for milliseconds.
        guard seconds < 1e13 else { return "\(seconds) s" }
        let thousandths = Int((seconds * 1_000).rounded())
        let fraction = "\(thousandths % 1_000)"
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
    }
}
