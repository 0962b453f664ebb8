import Kata
import KataAPI
import KataCommand

/// A daemon's status for people.
struct StatusTable {
    private(set) var lines: [String] = []
    private let width: Int?
    private let time: TimeText
    /// How many busy consumers of a pipeline are listed; the rest is counted.
    private static let consumerLimit = 20

    /// - Parameter width: the terminal's, in columns; `nil` where nothing is to be cut.
    init(_ status: StatusDocument, width: Int?, time: TimeText) {
        self.width = width
        self.time = time
        lines.append(
            "katad \(status.version), process \(status.pid), \(status.state.rawValue) for \(Self.time(status.uptimeSeconds)), "
                + "database \(status.database.printable)"
        )
        lines += status.store.map { StoreText($0, time: time).lines } ?? []
        for stall in status.progress?.stalled ?? [] {
            let waiting = stall.waiting.map { ": \($0.printable)" } ?? ""
            lines.append("\(stall.part.printable): does not get on since \(time.text(stall.since))\(waiting)")
        }
        for pipeline in status.pipelines {
            lines.append("")
            append(pipeline)
        }
        for pipeline in status.unknownPipelines ?? [] {
            lines.append("")
            lines.append(
                "\(pipeline.name.printable): not in the configuration, \(counted(pipeline.unfinished, "job")) not finished"
            )
        }
    }

    private mutating func append(_ pipeline: StatusDocument.Pipeline) {
        let counts = pipeline.counts
        lines.append("\(pipeline.name): \(pipeline.state)")
        if let run = pipeline.run { append(run) }
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
                "  drain    \(drain.finished) finished, \(drain.wentBack) went back, \(drain.cutOff) cut off, "
                    + time.text(drain.at)
            )
        }
        if let cost = pipeline.cost { lines.append("  cost     \(text(of: cost))") }
        for problem in pipeline.problems ?? [] {
            let since = pipeline.since.flatMap { problem == pipeline.reason ? ", since \(time.text($0))" : nil } ?? ""
            lines.append("  problem  \(ExportFormat.escape(problem))\(since)")
        }
        append(pipeline.consumers)
    }

    private mutating func append(_ run: StatusDocument.Run) {
        let finished = run.consumed + run.failed
        let number = RunNumberText(run.number, id: run.id).text
        if let items = run.items {
            let share = items == 0 ? (run.finished ? 1 : 0) : Double(finished) / Double(items)
            let barWidth = max(10, min(40, (width ?? 80) - 50))
            let bar = ProgressBar.bar(share, width: barWidth)
            lines.append("  run \(run.id)    \(bar) \(Int(share * 100)) %  \(finished) of \(items)\(number)")
        } else {
            lines.append("  run \(run.id)    \(finished) finished\(number)")
        }
        var times = ["elapsed \(Self.time(run.elapsedSeconds))"]
        if run.elapsedSeconds > 0 { times.append("\(Self.rounded(Double(finished) / run.elapsedSeconds)) items/s") }
        if !run.finished, let eta = run.etaSeconds { times.append("ETA \(Self.time(eta))") }
        if let predicted = run.predictedSeconds { times.append("predicted \(Self.time(predicted))") }
        if let bound = run.lowerBoundSeconds { times.append("lower bound \(Self.time(bound))") }
        lines.append("  time     \(times.joined(separator: ", "))")
    }

    /// What attempts cost: the median, and behind a slash what 95 of 100 do not exceed.
    private func text(of cost: StatusDocument.Cost) -> String {
        func times(_ share: StatusDocument.Cost.Share) -> String {
            "\(ShortDuration.text(share.median))/\(ShortDuration.text(share.p95))"
        }
        let memory = cost.peakMemoryBytes.map { share in
            ", memory \(SizeText(bytes: Int64(share.median)))/\(SizeText(bytes: Int64(share.p95)))"
        }
        return
            "median/95 %: waited \(times(cost.waitedSeconds)), took \(times(cost.workedSeconds)), processor \(times(cost.processorSeconds))\(memory ?? "")"
    }

    /// A row for each consumer that is busy, and one for all that are idle.
    private mutating func append(_ consumers: [StatusDocument.Consumer]) {
        var table = TextTable(
            [("CONSUMER", .left), ("STATE", .left), ("CONSUMED", .right), ("ITEM", .left)], indent: 2)
        let busy = consumers.filter { $0.state == "busy" }
        let hasProgress = busy.contains { $0.progress != nil }
        if hasProgress {
            table = TextTable(
                [
                    ("CONSUMER", .left), ("STATE", .left), ("CONSUMED", .right), ("PROGRESS", .left), ("ITEM", .left),
                ], indent: 2)
        }
        func row(_ name: String, _ state: String, _ consumed: Int, _ progress: String?, _ item: String) -> [String] {
            [name, state, "\(consumed)"] + (hasProgress ? [progress ?? "–"] : []) + [item]
        }
        for consumer in busy.prefix(Self.consumerLimit) {
            let item = consumer.item.map(ExportFormat.escape) ?? "–"
            let progress = ProgressBar(consumer.progress, consumer.progressFraction, width: 10)?.text
            table.add(row(consumer.id, consumer.state, consumer.consumed, progress, item))
        }
        func fold(_ folded: [StatusDocument.Consumer], _ state: String) {
            guard let first = folded.first else { return }
            let name = folded.count == 1 ? first.id : counted(folded.count, "worker")
            table.add(row(name, state, folded.map(\.consumed).reduce(0, +), nil, "–"))
        }
        fold(Array(busy.dropFirst(Self.consumerLimit)), "busy")
        fold(consumers.filter { $0.state != "busy" }, "idle")
        lines += table.lines(width: width)
    }

    private static func time(_ seconds: Double) -> String {
        if seconds < 60 { return "\(rounded(seconds)) s" }
        let whole = Int(seconds)
        let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(whole % 60) s"
    }

    private static func rounded(_ value: Double) -> String {
        value < 1_000 ? "\((value * 100).rounded() / 100)" : "\(Int(value))"
    }
}
