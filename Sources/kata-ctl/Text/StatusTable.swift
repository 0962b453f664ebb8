import Kata
import KataAPI
import KataCommand

/// A daemon's status for people.
struct StatusTable {
    private(set) var lines: [String] = []
    /// How many consumers of a pipeline are listed; the rest is counted.
    private static let consumerLimit = 20

    init(_ status: StatusDocument, width: Int) {
        lines.append(
            "katad \(status.version), process \(status.pid), \(status.state.rawValue) for \(Self.time(status.uptimeSeconds)), "
                + "database \(status.database)"
        )
        for pipeline in status.pipelines {
            lines.append("")
            append(pipeline, width: width)
        }
    }

    private mutating func append(_ pipeline: StatusDocument.Pipeline, width: Int) {
        let counts = pipeline.counts
        lines.append("\(pipeline.name): \(pipeline.state)")
        if let run = pipeline.run { append(run, width: width) }
        lines.append("  queue    \(pipeline.queue.depth) of \(pipeline.queue.size)")
        lines.append(
            "  jobs     \(counts.pending) pending, \(counts.queued) queued, \(counts.running) running, "
                + "\(counts.done) done, \(counts.failed) failed"
                + (counts.scheduled > 0 ? ", \(counts.scheduled) scheduled" : "")
                + (counts.waiting > 0 ? ", \(counts.waiting) waiting" : "")
                + (counts.cancelled > 0 ? ", \(counts.cancelled) cancelled" : "")
        )
        if let drain = pipeline.drain {
            lines.append(
                "  drain    \(drain.finished) finished, \(drain.wentBack) went back, \(drain.cutOff) cut off, \(drain.at)"
            )
        }
        for problem in pipeline.problems ?? [] { lines.append("  problem  \(ExportFormat.escape(problem))") }
        append(pipeline.consumers)
    }

    private mutating func append(_ run: StatusDocument.Run, width: Int) {
        let finished = run.consumed + run.failed
        if let items = run.items {
            let share = items == 0 ? (run.finished ? 1 : 0) : Double(finished) / Double(items)
            let barWidth = max(10, min(40, width - 50))
            let filled = min(barWidth, Int(share * Double(barWidth)))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
            lines.append("  run \(run.id)    \(bar) \(Int(share * 100)) %  \(finished) of \(items)")
        } else {
            lines.append("  run \(run.id)    \(finished) finished")
        }
        var times = ["elapsed \(Self.time(run.elapsedSeconds))"]
        if run.elapsedSeconds > 0 { times.append("\(Self.rounded(Double(finished) / run.elapsedSeconds)) items/s") }
        if !run.finished, let eta = run.etaSeconds { times.append("ETA \(Self.time(eta))") }
        if let predicted = run.predictedSeconds { times.append("predicted \(Self.time(predicted))") }
        if let bound = run.lowerBoundSeconds { times.append("lower bound \(Self.time(bound))") }
        lines.append("  time     \(times.joined(separator: ", "))")
    }

    private mutating func append(_ consumers: [StatusDocument.Consumer]) {
        let widest = max(8, consumers.prefix(Self.consumerLimit).map(\.id.count).max() ?? 0)
        lines.append("  " + "CONSUMER".paddedRight(to: widest) + "  STATE  CONSUMED  ITEM")
        for consumer in consumers.prefix(Self.consumerLimit) {
            let consumed =
                "\(consumer.consumed)".paddedLeft(to: 8)
            let item = consumer.item.map { ExportFormat.escape(String($0.prefix(40))) } ?? "–"
            lines.append(
                "  \(consumer.id.paddedRight(to: widest))  \(consumer.state.paddedRight(to: 5))  \(consumed)  \(item)")
        }
        let rest = consumers.dropFirst(Self.consumerLimit)
        if !rest.isEmpty {
            lines.append("  … and \(rest.count) more, \(rest.count { $0.state == "busy" }) of them busy")
        }
    }

    private static func time(_ seconds: Double) -> String {
        if seconds < 60 { return "\(rounded(seconds)) s" }
        let whole = Int(seconds)
        let (hours, minutes) = (whole / 3_600, whole / 60 % 60)
        return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(whole % 60) s"
    }

    private static func rounded(_ value: Double) -> String {
        value < 1_000 ? "\((value * 100).rounded() / 100)" : "\(Int(value))"
    }
}
