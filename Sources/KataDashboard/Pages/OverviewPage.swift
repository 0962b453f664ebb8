public import Kata
public import KataAPI
import KataCharts

/// How everything is, at a glance.
public struct OverviewPage: DashboardPage {
    struct Row: Sendable {
        let name: String
        let state: String
        let warns: Bool
        let gauge: String
        let queue: String
        let workers: String
        let `in`: String
        let out: String
        let median: String
        let most: String
        let oldest: String
        let drains: Drains
        let failed: String
        let sparkline: String
    }

    struct Drains: Sendable {
        let text: String
        let tone: String
    }

    struct Running: Sendable {
        /// `nil` if there is none.
        let count: String?
        let jobs: [RunningJob]
        let hasMore: Bool
        let hints: [CommandText]
    }

    struct Next: Sendable {
        let hasEntries: Bool
        let entries: [NextTime]
        let hint = CommandText("crontab -l | kata-ctl import crontab -")
    }

    struct NextTime: Sendable {
        let time: TimeText
        let `in`: String
        let pipeline: String
        let entry: String
    }

    public let frame: PageFrame
    public let template = "overview"
    public let regions = [PageRegion("verdict"), PageRegion("pipelines"), PageRegion("running"), PageRegion("next")]
    let verdict: Verdict
    let pipelines: [Row]
    let running: Running
    let next: Next

    private static let runningLimit = 10
    private static let nextLimit = 5

    /// - Parameter schedules: the entries of all schedules.
    public init(
        frame: PageFrame, status: StatusDocument, pipelines snapshots: [PipelineSnapshot],
        schedules: [SchedulesDocument.Entry], at now: Timestamp
    ) {
        self.frame = frame
        verdict = Verdict(status: status, pipelines: snapshots)
        pipelines = snapshots.map { Self.row($0, at: now) }
        let busy = snapshots.flatMap { snapshot in
            snapshot.status.consumers.filter { $0.jobID != nil }.map { (snapshot.status.name, $0) }
        }
        let oldest = busy.sorted { ($0.1.busyTime ?? .zero) > ($1.1.busyTime ?? .zero) }.prefix(Self.runningLimit)
        let inbox = snapshots.first?.status.name ?? "mail"
        running = Running(
            count: busy.isEmpty ? nil : Words.count(busy.count), jobs: oldest.compactMap { RunningJob($0.1, of: $0.0) },
            hasMore: busy.count > Self.runningLimit,
            hints: [CommandText("kata-ctl submit \(inbox) 'hello'"), CommandText("kata-ctl exec -- make -j4 all")])
        let times = schedules.filter { !$0.paused }.compactMap { entry -> (Timestamp, SchedulesDocument.Entry)? in
            entry.next.first.flatMap { Timestamp(iso8601: $0) }.map { ($0, entry) }
        }
        next = Next(
            hasEntries: !schedules.isEmpty,
            entries: times.sorted { $0.0 < $1.0 }.prefix(Self.nextLimit).map { time, entry in
                NextTime(
                    time: TimeText(time, at: now), in: Words.age(now.duration(to: time).seconds),
                    pipeline: entry.pipeline, entry: entry.entry)
            })
    }

    private static func row(_ snapshot: PipelineSnapshot, at now: Timestamp) -> Row {
        let status = snapshot.status
        let drains = snapshot.drains
        let label =
            "\(status.name): \(Words.count(snapshot.doneLately)) done and \(Words.count(snapshot.failedLately)) failed in the last hour"
        return Row(
            name: status.name, state: status.state.rawValue, warns: status.state == .waiting,
            gauge: QueueGauge.svg(depth: status.queueDepth, size: status.queueSize), queue: snapshot.queueText,
            workers: snapshot.workersText, in: snapshot.inText, out: snapshot.outText, median: snapshot.medianText,
            most: snapshot.mostText, oldest: snapshot.oldestText(at: now),
            drains: Drains(text: drains.text, tone: drains.tone), failed: Words.count(snapshot.failedLately),
            sparkline: Sparkline.svg(
                done: snapshot.activity.done, failed: snapshot.activity.failed, label: label.escaped))
    }
}
