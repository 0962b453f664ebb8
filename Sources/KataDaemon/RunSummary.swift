import Kata
import KataCommand
import KataConfig

/// What the pipelines did, for people.
struct RunSummary: CustomStringConvertible {
    let description: String
    /// How many consumers are listed; the rest is counted.
    private static let consumerLimit = 30

    /// - Parameter guess: how long somebody thought that it takes, which is compared with theory and measurement.
    init(
        of pipelines: [Pipeline], records: any JobStoreReader, database: DatabaseLocation, guess: Duration?
    ) async throws {
        var paragraphs: [String] = []
        var comparisons: [String] = []
        for pipeline in pipelines {
            let status = pipeline.status()
            guard let run = status.run else { continue }
            let totals = try await records.consumerTotals(run: run.id)
            paragraphs.append(Self.describe(status, run, totals, pipeline.configuration.export))
            if let guess { comparisons.append(Self.compare(guess, run, status.name, isOnly: pipelines.count == 1)) }
        }
        paragraphs.append(
            "results in \(database.shown): kata-ctl export --database \(database.shown)\(Self.option(for: database))")
        if !comparisons.isEmpty { paragraphs.append(comparisons.joined(separator: "\n")) }
        description = paragraphs.joined(separator: "\n\n")
    }

    private static func compare(
        _ guess: Duration, _ run: PipelineStatus.RunStatus, _ name: String, isOnly: Bool
    ) -> String {
        let theory = run.estimate.map { " / theory \($0.predicted.formattedSeconds) s" } ?? ""
        let measured = run.isFinished ? "\(run.elapsed.formattedSeconds) s" : "not finished"
        return "\(isOnly ? "" : "\(name): ")your guess \(guess.formattedSeconds) s\(theory) / measured \(measured)"
    }

    /// What has to be said besides, to find the results.
    private static func option(for database: DatabaseLocation) -> String {
        guard case .postgres(_, let schema) = database, schema != "kata" else { return "" }
        return " --database-schema \(schema)"
    }

    private static func describe(
        _ status: PipelineStatus, _ run: PipelineStatus.RunStatus, _ totals: [ConsumerTotal], _ export: String?
    ) -> String {
        let workers = counted(status.workerCount, "worker")
        var lines = [
            "pipeline \(status.name), run \(run.id): \(state(of: run))"
        ]
        lines.append(row("time taken", run.elapsed.formattedSeconds + " s"))
        if let estimate = run.estimate {
            lines.append(row("predicted", "\(estimate.predicted.formattedSeconds) s with \(workers)"))
            lines.append(
                row(
                    "lower bound",
                    "\(estimate.lowerBound.formattedSeconds) s from \(counted(estimate.workersNeeded, "worker"))"))
        }
        let all = run.items.map { " of \($0)" } ?? ""
        lines.append(row("items", "\(run.consumed)\(all) consumed, \(run.failed) failed"))
        if let export { lines.append(row("export", export)) }
        lines.append("")
        lines += table(totals)
        return lines.joined(separator: "\n")
    }

    private static func table(_ totals: [ConsumerTotal]) -> [String] {
        var rows = [["consumer", "items", "sum"]]
        rows += totals.prefix(consumerLimit).map { [$0.consumerID, "\($0.items)", number($0.total)] }
        let sum = number(totals.map(\.total).reduce(0, +))
        rows.append(["total", "\(totals.map(\.items).reduce(0, +))", sum])
        // No narrower than usual numbers need, so that the columns stay where they are from run to run.
        let widths = [9, 9, 14].enumerated().map { column, width in rows.map { $0[column].count }.reduce(width, max) }
        var lines = rows.map { row in
            "  \(row[0].paddedRight(to: widths[0])) \(row[1].paddedLeft(to: widths[1])) \(row[2].paddedLeft(to: widths[2]))"
        }
        if totals.count > consumerLimit {
            lines.insert(
                "  … and \(totals.count - consumerLimit) more (view consumer_totals)", at: lines.count - 1)
        }
        return lines
    }

    private static func state(of run: PipelineStatus.RunStatus) -> String {
        if run.isFinished { return "finished" }
        return run.items == nil ? "no more to do now" : "not finished, it is resumed at the next start"
    }

    private static func row(_ title: String, _ text: String) -> String {
        "  \(title.paddedRight(to: 12))  \(text)"
    }

    private static func number(_ sum: Double) -> String {
        sum == sum.rounded() && abs(sum) < 1e15 ? String(Int(sum)) : String(sum)
    }
}
