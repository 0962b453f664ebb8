import Kata
import KataCommand

/// What the pipelines did, for people.
struct RunSummary: CustomStringConvertible {
    let description: String
    /// How many consumers are listed; the rest is counted.
    private static let consumerLimit = 30

    init(of pipelines: [Pipeline], records: any JobStoreReader, databasePath: String) async throws {
        var paragraphs: [String] = []
        for pipeline in pipelines {
            let status = pipeline.status()
            guard let run = status.run else { continue }
            let totals = try await records.consumerTotals(run: run.id)
            paragraphs.append(Self.describe(status, run, totals, pipeline.configuration.export))
        }
        paragraphs.append("results in \(databasePath): kata-ctl export --database \(databasePath)")
        description = paragraphs.joined(separator: "\n\n")
    }

    private static func describe(
        _ status: PipelineStatus, _ run: PipelineStatus.RunStatus, _ totals: [ConsumerTotal], _ export: String?
    ) -> String {
        let workers = "\(status.workerCount) \(status.workerCount == 1 ? "worker" : "workers")"
        var lines = [
            "pipeline \(status.name), run \(run.id): \(state(of: run))"
        ]
        lines.append(row("time taken", run.elapsed.formattedSeconds + " s"))
        if let estimate = run.estimate {
            lines.append(row("predicted", "\(estimate.predicted.formattedSeconds) s with \(workers)"))
            lines.append(
                row("lower bound", "\(estimate.lowerBound.formattedSeconds) s from \(estimate.workersNeeded) workers"))
        }
        let all = run.items.map { " of \($0)" } ?? ""
        lines.append(row("items", "\(run.consumed)\(all) consumed, \(run.failed) failed"))
        if let export { lines.append(row("export", export)) }
        lines.append("")
        lines.append("  consumer      items            sum")
        for total in totals.prefix(consumerLimit) { lines.append(row(total.consumerID, total.items, total.total)) }
        if totals.count > consumerLimit {
            lines.append("  … and \(totals.count - consumerLimit) more (view consumer_totals)")
        }
        lines.append(row("total", totals.map(\.items).reduce(0, +), totals.map(\.total).reduce(0, +)))
        return lines.joined(separator: "\n")
    }

    private static func state(of run: PipelineStatus.RunStatus) -> String {
        if run.isFinished { return "finished" }
        return run.items == nil ? "no more to do now" : "not finished, it is resumed at the next start"
    }

    private static func row(_ title: String, _ text: String) -> String {
        "  \(title.paddedRight(to: 12))  \(text)"
    }

    private static func row(_ name: String, _ items: Int, _ sum: Double) -> String {
        let sum = sum == sum.rounded() && abs(sum) < 1e15 ? String(Int(sum)) : String(sum)
        return "  \(name.paddedRight(to: 9))" + " " + "\(items)".paddedLeft(to: 9) + " " + sum.paddedLeft(to: 14)
    }
}
