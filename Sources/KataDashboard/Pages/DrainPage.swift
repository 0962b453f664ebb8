public import Kata
public import KataAPI
import KataCharts

/// What a drain would do, and what the last ones did.
public struct DrainPage: DashboardPage {
    struct Forecast: Sendable {
        let name: String
        let running: String
        let queued: String
        let wouldFinish: String
        let wouldGoBack: String
        let within: String
    }

    struct Receipt: Sendable {
        let name: String
        let finished: String
        let wentBack: String
        let cutOff: String
        let time: TimeText?
    }

    public let frame: PageFrame
    public let template = "drain"
    public let regions = [PageRegion("forecast"), PageRegion("receipt")]
    let limit: String
    let isDraining: Bool
    let forecast: [Forecast]
    let hasReceipts: Bool
    let receipts: [Receipt]
    let hint = CommandText("kata-ctl drain --dry-run")
    let commands: [CommandText]

    /// - Parameter status: has the receipts.
    public init(frame: PageFrame, forecast document: DrainDocument, status: StatusDocument, at now: Timestamp) {
        self.frame = frame
        limit = Words.duration(document.drainTimeoutSeconds)
        isDraining = status.state == .draining
        forecast = document.pipelines.map { pipeline in
            Forecast(
                name: pipeline.name, running: Words.count(pipeline.running), queued: Words.count(pipeline.queued),
                wouldFinish: pipeline.wouldFinish.map(Words.count) ?? "–",
                wouldGoBack: pipeline.wouldGoBack.map(Words.count) ?? "–",
                within: pipeline.withinSeconds.map(Words.duration) ?? "–")
        }
        receipts = status.pipelines.compactMap { pipeline in
            pipeline.drain.map { drain in
                Receipt(
                    name: pipeline.name, finished: Words.count(drain.finished), wentBack: Words.count(drain.wentBack),
                    cutOff: Words.count(drain.cutOff),
                    time: Timestamp(iso8601: drain.at).map { TimeText($0, at: now, hasSeconds: true) })
            }
        }
        hasReceipts = !receipts.isEmpty
        commands = ["kata-ctl drain --dry-run", "kata-ctl drain"].map(CommandText.init)
    }
}
