import Kata

/// Asks before many jobs, or one that runs, are changed.
public struct ConfirmPage: DashboardPage {
    /// What is asked for.
    public enum Change: String, Sendable {
        case retry, cancel
    }

    public let frame: PageFrame
    public let template = "confirm"
    let heading: String
    let text: String
    let action: String
    let ids: String
    let button: String
    let isBad: Bool
    let back: String
    let hasJobs: Bool
    let canTryOne: Bool
    let jobs: [JobRow]
    let remark: String?
    let commands: [CommandText]

    /// - Parameters:
    ///   - jobs: all that would be changed.
    ///   - ids: the same, as a text.
    ///   - examples: a few of them.
    ///   - back: where the question came from.
    public init(
        frame: PageFrame, _ change: Change, count: Int, ids: String, examples: [JobRow], command: String, back: String
    ) {
        self.frame = frame
        let word = change == .retry ? "Retry" : "Cancel"
        let jobs = counted(count, "job")
        heading = count == 0 ? "No job matches" : "\(word) \(jobs)?"
        text =
            switch (count, change) {
            case (0, _): "There is nothing to \(change.rawValue)."
            case (_, .retry): "Each gets one more attempt, at once. Jobs that fail meanwhile are left alone."
            case (_, .cancel):
                "They are not done any more; what runs is cut off. Jobs that come meanwhile are left alone."
            }
        action = "/ui/jobs/\(change.rawValue)"
        self.ids = ids
        button = "\(word) \(jobs)"
        isBad = change == .cancel
        self.back = back
        hasJobs = count > 0
        canTryOne = count > 1 && change == .retry
        self.jobs = examples
        remark = count > examples.count ? "and \(Words.count(count - examples.count)) more" : nil
        commands = [CommandText(command)]
    }
}
