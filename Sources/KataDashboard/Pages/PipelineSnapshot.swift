public import Kata
import KataCharts

/// A pipeline at one moment, as pages show it.
public struct PipelineSnapshot: Sendable {
    let status: PipelineStatus
    let activity: ActivitySummary
    let ages: PipelineAges

    /// Describes a pipeline.
    public init(status: PipelineStatus, activity: ActivitySummary, ages: PipelineAges) {
        self.status = status
        self.activity = activity
        self.ages = ages
    }

    /// In minutes: what came in that time is taken for what will come.
    private static let trend = 10

    var failedLately: Int { activity.failed.reduce(0, +) }
    var doneLately: Int { activity.done.reduce(0, +) }
    var unfinished: Int { status.counts.pending + status.counts.queued + status.counts.running }
    var queueText: String { "\(Words.count(status.queueDepth)) of \(Words.count(status.queueSize))" }
    var workersText: String { "\(Words.count(status.counts.running)) of \(Words.count(status.workerCount))" }
    var inText: String { Words.rate(activity.rate(of: activity.added)) }
    var outText: String { Words.rate(outRate) }
    var medianText: String { activity.median.map { Words.duration($0.seconds) } ?? "–" }
    var mostText: String { activity.most.map { Words.duration($0.seconds) } ?? "–" }

    func oldestText(at now: Timestamp) -> String {
        ages.oldestReady.map { Words.age($0.duration(to: now).seconds) } ?? "–"
    }

    private var outRate: Double { activity.rate(of: zip(activity.done, activity.failed).map(+)) }

    /// When nothing of what is ready will be left, or why that will not be.
    var drains: (text: String, tone: String) {
        if unfinished == 0 { return ("empty", "") }
        switch status.state {
        case .paused: return ("will not drain, because it is paused", "")
        case .failed: return ("will not drain, because it does not work", "bad")
        case .waiting: return ("will not drain, because its handler or source is down", "bad")
        case .draining: return ("what is on the queue and in hand is being finished", "")
        case .running, .idle: break
        }
        if let run = status.run, let remaining = run.remaining, !run.isFinished {
            return ("in about \(Words.duration(remaining.seconds))", "")
        }
        if status.counts.pending + status.counts.queued == 0 { return ("as soon as what is in hand is done", "") }
        let rate = outRate
        if rate == 0 { return ("not known yet", "dim") }
        // A burst is no trend.
        let gain = rate - Double(activity.added.suffix(Self.trend).reduce(0, +)) / Double(60 * Self.trend)
        if gain <= 0 && status.counts.pending > 0 {
            return ("will not drain, because more comes in than goes out", "warn")
        }
        return ("in about \(Words.duration(Double(unfinished) / max(gain, rate / 100)))", "")
    }
}
