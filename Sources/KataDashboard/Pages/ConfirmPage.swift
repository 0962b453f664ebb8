public import Kata
import KataCharts

/// Asks before many jobs, or one that runs, are changed.
public struct ConfirmPage: DashboardPage {
    struct Field: Sendable {
        let name: String
        let value: String
    }

    /// Which jobs are meant.
    public enum Selection: Sendable {
        /// These, as a text.
        case ids(String)
        /// All that are found by a list, up to a job; there are too many to name them.
        case all(JobsView, through: Job.ID)
    }

    /// What is asked for.
    public enum Change: String, Sendable {
        case retry, cancel
    }

    public let frame: PageFrame
    public let template = "confirm"
    let heading: String
    let text: String
    let action: String
    let fields: [Field]
    let button: String
    let isBad: Bool
    let back: String
    let hasJobs: Bool
    let canTryOne: Bool
    let jobs: [JobRow]
    let remark: String?
    let commands: [CommandText]

    /// - Parameters:
    ///   - count: how many would be changed, or were found so far.
    ///   - selection: which ones.
    ///   - examples: a few of them.
    ///   - back: where the question came from.
    public init(
        frame: PageFrame, _ change: Change, count: Int, _ selection: Selection, examples: [JobRow], command: String,
        back: String
    ) {
        self.frame = frame
        let word = change == .retry ? "Retry" : "Cancel"
        let isAll = if case .all = selection { true } else { false }
        let number = count == 1 ? "1 job" : "\(Words.count(count)) jobs"
        let jobs = isAll ? "more than \(number)" : number
        heading = count == 0 && !isAll ? "No job matches" : "\(word) \(jobs)?"
        text =
            switch (change, isAll) {
            case _ where count == 0 && !isAll: "There is nothing to \(change.rawValue)."
            case (.retry, false): "Each gets one more attempt, at once. Jobs that fail meanwhile are left alone."
            case (.cancel, false):
                "They are not done any more; what runs is cut off. Jobs that come meanwhile are left alone."
            case (.retry, true):
                "All that match then get one more attempt. That goes on by itself, and may take a while."
            case (.cancel, true):
                "All that match then are not done any more. That goes on by itself, and may take a while."
            }
        switch selection {
        case .ids(let ids):
            action = "/ui/jobs/\(change.rawValue)"
            fields = [Field(name: "ids", value: ids)]
        case .all(let view, let through):
            action = "/ui/jobs/all"
            fields = [
                Field(name: "do", value: change.rawValue), Field(name: "q", value: view.query),
                Field(name: "state", value: view.state ?? ""), Field(name: "through", value: "\(through)"),
            ]
        }
        button = "\(word) \(jobs)"
        isBad = change == .cancel
        self.back = back
        hasJobs = count > 0 || isAll
        canTryOne = count > 1 && change == .retry && !isAll
        self.jobs = examples
        remark = count > examples.count ? "and \(Words.count(count - examples.count)) more" : nil
        commands = [CommandText(command)]
    }
}
