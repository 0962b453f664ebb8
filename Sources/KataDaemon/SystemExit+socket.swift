import KataCommand
import KataControlServer

extension SystemExit {
    init(for error: ControlSocketError) {
        switch error {
        case .tooLong: self = .configuration
        case .cannotCreate(_, let code): self.init(creating: true, code: code)
        case .unsafeDirectory: self = .permission
        case .inTheWay: self = .cannotCreate
        case .inUse: self = .alreadyRunning
        }
    }
}
