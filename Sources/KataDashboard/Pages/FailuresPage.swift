public import Kata
public import KataAPI
import KataCharts

/// Failed jobs, grouped by what is the same in their errors.
public struct FailuresPage: DashboardPage {
    struct Group: Sendable {
        let group: String
        let count: String
        let pattern: String
        let pipeline: String
        let first: TimeText?
        let last: TimeText?
        let example: Job.ID
    }

    private static let groupLimit = 50

    public let frame: PageFrame
    public let template = "failures"
    public let regions = [PageRegion("failures", template: "failure-table")]
    let hasGroups: Bool
    let groups: [Group]
    let summary: String
    let hint = CommandText("kata-ctl jobs --limit 20")
    let commands: [CommandText]

    /// Shows groups as they come.
    public init(frame: PageFrame, failures: FailuresDocument, at now: Timestamp) {
        self.frame = frame
        hasGroups = !failures.groups.isEmpty
        groups = failures.groups.prefix(Self.groupLimit).map { group in
            Group(
                group: group.group, count: Words.count(group.count), pattern: group.pattern.printable,
                pipeline: group.pipeline, first: Self.time(group.first, now), last: Self.time(group.last, now),
                example: group.exampleId)
        }
        let count = failures.groups.reduce(0) { $0 + $1.count }
        let jobs = count == 1 ? "1 failed job" : "\(Words.count(count)) failed jobs"
        let most = failures.groups.count > Self.groupLimit ? ", of which the largest \(Self.groupLimit) are shown" : ""
        summary =
            "\(failures.next == nil ? jobs : "The latest \(jobs)") in \(counted(failures.groups.count, "group"))\(most)."
        let group = failures.groups.first.map { ["kata-ctl retry --group \($0.group) --canary"] } ?? []
        commands = (["kata-ctl failures"] + group).map(CommandText.init)
    }

    /// Not how long ago it was, which would be another text each second.
    private static func time(_ text: String, _ now: Timestamp) -> TimeText? {
        Timestamp(iso8601: text).map { TimeText($0, at: now) }
    }
}
