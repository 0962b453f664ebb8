import Foundation
public import Kata
import KataCharts

/// A pipeline: what it is doing, its latest run, and what can be asked of it.
public struct PipelinePage: DashboardPage {
    struct Fact: Sendable {
        let name: String
        let text: String
        var picture = ""
    }

    struct Run: Sendable {
        let heading: String
        let remark: String
        let label: String
        let chart: String?
        let missing: String
    }

    struct Prediction: Sendable {
        let chart: String
        let text: String
    }

    struct Latency: Sendable {
        struct Row: Sendable {
            let name: String
            let count: String
        }

        let chart: String
        let summary: String
        let rows: [Row]

        init(_ histogram: LatencyHistogram) {
            chart = histogram.svg
            summary = histogram.summary
            rows = histogram.bins.filter { $0.count > 0 }.map { bin in
                Row(name: histogram.text(of: bin), count: Words.count(bin.count))
            }
        }
    }

    public let frame: PageFrame
    public let template = "pipeline"
    public var regions: [PageRegion] {
        [PageRegion("pipeline-state"), PageRegion("pipeline-now"), PageRegion("run")]
            + (hasPrediction ? [PageRegion("prediction")] : []) + [PageRegion("latency")]
    }
    let notice: Notice?
    let name: String
    let state: String
    let canRun: Bool
    let isIdle: Bool
    let verb: String
    let action: String
    let workers: Int
    let problems: [String]
    let facts: [Fact]
    let run: Run?
    let hasPrediction: Bool
    let prediction: Prediction?
    let latency: Latency?
    let commands: [CommandText]

    /// - Parameters:
    ///   - results: of the latest run, in order of their starts; `nil` if there are too many for a picture.
    ///   - isFinite: whether another run can be asked for.
    public init(
        frame: PageFrame, notice: Notice? = nil, pipeline: PipelineSnapshot, results: [JobResult]?, isFinite: Bool,
        at now: Timestamp
    ) {
        let status = pipeline.status
        self.frame = frame
        self.notice = notice
        name = status.name
        state = status.state.rawValue
        canRun = isFinite
        isIdle = status.state == .idle
        let isPaused = status.state == .paused
        verb = isPaused ? "resume" : "pause"
        action = isPaused ? "Resume" : "Pause"
        workers = status.workerCount
        problems = status.problems.map(\.printable)
        let counts = status.counts
        facts = [
            Fact(
                name: "Queue", text: pipeline.queueText,
                picture: QueueGauge.svg(depth: status.queueDepth, size: status.queueSize)),
            Fact(name: "Workers", text: "\(pipeline.workersText) busy"),
            Fact(name: "In, out", text: "\(pipeline.inText), \(pipeline.outText)"),
            Fact(name: "p50", text: pipeline.medianText),
            Fact(name: "p95", text: pipeline.mostText), Fact(name: "Oldest due", text: pipeline.oldestText(at: now)),
            Fact(name: "Drains", text: pipeline.drains.text),
            Fact(name: "Done, failed", text: "\(Words.count(counts.done)), \(Words.count(counts.failed))"),
        ]
        let chart = status.run.flatMap { run in
            results.flatMap { ConsumerChart(results: $0, run: run, consumers: status.workerCount, at: now) }
        }
        run = status.run.map { run in
            let items = run.items.map { ", \(Words.count($0)) items" } ?? ""
            return Run(
                heading: "Run \(run.number)",
                remark:
                    "\(run.isFinished ? "finished" : "under way")\(items), \(counted(status.workerCount, "consumer"))",
                label: "Consumers of run \(run.number) over time", chart: chart?.svg,
                missing: results == nil
                    ? "It has too many results for a picture. 'kata-ctl export' has them all."
                    : "Nothing of it is recorded yet.")
        }
        let measured = status.run?.elapsed.seconds ?? 0
        prediction = status.run.flatMap { run in
            run.estimate.map { estimate in
                Prediction(
                    chart: PredictionChart.svg(
                        bound: estimate.lowerBound.seconds, predicted: estimate.predicted.seconds, measured: measured,
                        isOver: run.isFinished),
                    text: Self.words(estimate, measured, isOver: run.isFinished))
            }
        }
        hasPrediction = prediction != nil
        latency = LatencyHistogram(pipeline.activity.durations.map(\.seconds)).map(Latency.init)
        commands = ["kata-ctl status \(status.name) --watch", "kata-ctl estimate --pipeline \(status.name)"]
            .map(CommandText.init)
    }

    private static func words(_ estimate: Estimate, _ measured: Double, isOver: Bool) -> String {
        let more = measured - estimate.predicted.seconds
        let took =
            isOver
            ? "It took \(String(format: "%.2f", measured)) s, \(Words.duration(abs(more))) \(more < 0 ? "less" : "more") than theory says. "
            : ""
        let workers = estimate.workersNeeded
        return
            "\(took)\(counted(workers, "worker")) \(workers == 1 ? "is" : "are") the least that \(workers == 1 ? "reaches" : "reach") the lower bound."
    }
}

extension ConsumerChart {
    /// `nil` if there is nothing to show.
    init?(results: [JobResult], run: PipelineStatus.RunStatus, consumers: Int, at now: Timestamp) {
        self.init(
            attempts: results.map { result in
                Attempt(
                    consumer: result.consumerID, item: CutText(result.item, limit: 40).marked.printable,
                    start: result.startedAt.seconds, end: result.finishedAt.seconds)
            },
            workers: consumers,
            theory: run.estimate.map { Theory(predicted: $0.predicted.seconds, bound: $0.lowerBound.seconds) },
            now: run.isFinished ? nil : now.seconds)
    }
}
