import KataAPI
import KataClient
import KataCommand

extension SystemExit {
    /// The exit code of a command that has failed, whatever it was.
    init(ofClient error: any Error) {
        switch error {
        case let error as ControlClientError: self.init(for: error)
        case is DashboardPortError: self = .cannotCreate
        default: self.init(for: error)
        }
    }

    /// The exit code of a command that did not get what it wanted from the daemon.
    init(for error: ControlClientError) {
        switch error {
        case .notReachable, .interrupted, .badAnswer: self = .unavailable
        case .permissionDenied: self = .permission
        case .refused(let problem): self.init(for: problem)
        }
    }

    private init(for problem: ProblemDocument) {
        switch problem.status {
        case 409 where problem.title == ProblemDocument.runUnfinishedTitle: self = .alreadyRunning
        case 403: self = .permission
        case 507: self = .io
        case 500...: self = .unavailable
        default: self = .usage
        }
    }
}
