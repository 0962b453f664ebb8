import KataAPI
import KataCommand

/// An estimate for people: the figures, and time against workers as a chart.
struct EstimateChart {
    private(set) var lines: [String] = []

    init(_ estimate: EstimateDocument, width: Int) {
        lines.append("pipeline \(estimate.pipeline): \(estimate.items) items, \(Self.workers(estimate.workers))")
        lines.append("  predicted    \(Self.time(estimate.predictedSeconds))")
        lines.append(
            "  lower bound  \(Self.time(estimate.lowerBoundSeconds)), first reached with \(Self.workers(estimate.workersNeeded))"
        )
        lines.append("  limited by   \(Self.reason(estimate))")
        lines.append("")
        let longest = max(estimate.predictions.map(\.predictedSeconds).max() ?? 0, .leastNonzeroMagnitude)
        let barWidth = max(10, width - 32)
        lines.append("  workers       time")
        for point in estimate.predictions {
            let length = Int((point.predictedSeconds / longest * Double(barWidth)).rounded())
            var line =
                "\(point.workers)".paddedLeft(to: 9) + Self.time(point.predictedSeconds).paddedLeft(to: 13) + "  "
            line += String(repeating: "▇", count: max(point.predictedSeconds > 0 ? 1 : 0, length))
            if point.workers == estimate.workersNeeded { line += " ← enough" }
            lines.append(line)
        }
    }

    private static func reason(_ estimate: EstimateDocument) -> String {
        switch estimate.bottleneck {
        case "consumers": "the consumers: more of them finish sooner"
        case "producer": "the producer: items come no faster, more workers would not help"
        default: estimate.bottleneck
        }
    }

    private static func workers(_ count: Int) -> String { "\(count) \(count == 1 ? "worker" : "workers")" }

    private static func time(_ seconds: Double) -> String {
        // Past a million years nobody asks for milliseconds.
        guard seconds < 1e13 else { return "\(seconds) s" }
        let thousandths = Int((seconds * 1_000).rounded())
        let fraction = "\(thousandths % 1_000)"
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
    }
}
