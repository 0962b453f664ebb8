import KataCommand
import KataServer

extension SystemExit {
    /// The exit code of a daemon that can't have its control socket.
    init(for error: ControlSocketError) {
        switch error {
        case .tooLong: self = .configuration
        case .cannotCreate(_, let code): self.init(creating: true, code: code)
        case .foreignGroup(_, _, let code): self.init(creating: true, code: code)
        case .unsafeDirectory: self = .permission
        case .inTheWay: self = .cannotCreate
        case .inUse: self = .alreadyRunning
        }
    }

    /// The exit code of a daemon that can't have the socket for its metrics.
    init(for error: MetricsSocket.Failure) {
        self.init(creating: true, code: error.code)
    }
}
