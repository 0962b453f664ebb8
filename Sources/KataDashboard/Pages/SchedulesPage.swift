public import Kata
public import KataAPI
import KataCharts

/// The entries of all schedules.
public struct SchedulesPage: DashboardPage {
    struct Entry: Sendable {
        let pipeline: String
        let entry: String
        let isPaused: Bool
        let words: String
        let overlap: String
        let next: Next?
        let hasMore: Bool
        let more: [TimeText]
        let last: Last?
        let verb: String
        let action: String
    }

    struct Next: Sendable {
        let iso: String
        let title: String
        let text: String
        let `in`: String
    }

    struct Last: Sendable {
        let job: Job.ID
        let state: String
        let error: String?
        let at: TimeText?
    }

    public let frame: PageFrame
    public let template = "schedules"
    public let regions = [PageRegion("schedules", template: "schedule-table")]
    let notice: Notice?
    let hasEntries: Bool
    let entries: [Entry]
    let hint = CommandText("crontab -l | kata-ctl import crontab -")
    let commands: [CommandText]

    /// Shows entries as they come.
    public init(frame: PageFrame, notice: Notice? = nil, schedules: SchedulesDocument, at now: Timestamp) {
        self.frame = frame
        self.notice = notice
        hasEntries = !schedules.entries.isEmpty
        entries = schedules.entries.map { Self.entry($0, now) }
        let run = schedules.entries.first.map { ["kata-ctl schedules run \($0.pipeline)/\($0.entry)"] } ?? []
        commands = (["kata-ctl schedules"] + run).map(CommandText.init)
    }

    private static func entry(_ entry: SchedulesDocument.Entry, _ now: Timestamp) -> Entry {
        let times = entry.next.compactMap { Timestamp(iso8601: $0) }
        let next = times.first.map { time in
            let text = TimeText(time, at: now)
            return Next(
                iso: text.iso, title: text.title, text: text.text, in: "in \(Words.age(now.duration(to: time).seconds))"
            )
        }
        let last = entry.last.map { last in
            Last(
                job: last.job, state: last.state ?? "gone",
                error: last.error.map { CutText($0, limit: JobRow.textLimit).marked.printable },
                at: (last.finishedAt ?? last.createdAt).flatMap { Timestamp(iso8601: $0) }.map { TimeText($0, at: now) }
            )
        }
        return Entry(
            pipeline: entry.pipeline, entry: entry.entry, isPaused: entry.paused, words: entry.schedule,
            overlap: entry.overlap, next: next, hasMore: times.count > 1,
            more: times.dropFirst().map { TimeText($0, at: now) }, last: last, verb: entry.paused ? "resume" : "pause",
            action: entry.paused ? "Resume" : "Pause")
    }
}
