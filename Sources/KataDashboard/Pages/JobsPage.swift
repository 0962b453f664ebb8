public import Kata
import KataCharts

/// A list of jobs.
public struct JobsPage: DashboardPage {
    struct Tab: Sendable {
        let name: String
        let path: String
        let count: String
        let isCurrent: Bool
    }

    struct Empty: Sendable {
        let text: String
        let commands: [CommandText]
    }

    public let frame: PageFrame
    public let template = "jobs"
    /// A page of older jobs stays as it is.
    public var regions: [PageRegion] { isLive ? [PageRegion("tabs"), PageRegion("jobs", template: "job-table")] : [] }
    let notice: Notice?
    let query: String
    let state: String
    let tabs: [Tab]
    let isLive: Bool
    let hasJobs: Bool
    let jobs: [JobRow]
    let empty: Empty
    let remark: String?
    let latest: String
    let older: String?

    /// - Parameters:
    ///   - view: which jobs are shown.
    ///   - counts: of each state, in the order of the tabs.
    ///   - next: before which job older ones begin; `nil` if there are none.
    ///   - lookedAt: at how many jobs a search has looked; `nil` if it is no search.
    ///   - pipeline: one that takes jobs.
    public init(
        frame: PageFrame, notice: Notice? = nil, view: JobsView, counts: [(state: String, count: Int)], jobs: [JobRow],
        next: Job.ID?, lookedAt: Int?, pipeline: String
    ) {
        self.frame = frame
        self.notice = notice
        query = view.query
        state = view.state ?? ""
        let all = ("all", counts.reduce(0) { $0 + $1.count })
        tabs = ([all] + counts).map { name, count in
            let state = name == "all" ? nil : name
            return Tab(
                name: name, path: JobsView(query: view.query, state: state).path, count: Words.count(count),
                isCurrent: state == view.state)
        }
        isLive = view.before == nil
        hasJobs = !jobs.isEmpty
        self.jobs = jobs
        if view.query.isEmpty && view.state == nil && view.before == nil {
            empty = Empty(
                text: "No jobs yet. This submits one:", commands: [CommandText("kata-ctl submit \(pipeline) 'hello'")])
        } else {
            empty = Empty(text: next == nil ? "No job matches." : "No job matches yet.", commands: [])
        }
        remark = lookedAt.flatMap { count in
            next == nil ? nil : "\(Words.count(count)) jobs were looked at; Older goes on with those before."
        }
        latest = JobsView(query: view.query, state: view.state).path
        older = next.map { JobsView(query: view.query, state: view.state, before: $0).path }
    }
}
