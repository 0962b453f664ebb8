import KataAPI
import KataClient
import KataCommand

extension JobWait {
    /// One that says on standard error if the daemon is gone.
    static func telling(_ client: ControlClient, timeout: Duration?, hasAnswered: Bool = false) -> JobWait {
        JobWait(client, timeout: timeout, hasAnswered: hasAnswered) { error in
            switch error {
            case .refused(let problem): printError("kata-ctl: \(problem.detail); trying again")
            case .notReachable, .interrupted, .permissionDenied, .badAnswer:
                printError("kata-ctl: the daemon on '\(client.socket)' is gone; waiting for it")
            }
        }
    }
}
