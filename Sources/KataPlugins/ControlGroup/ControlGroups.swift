public import Logging
import Synchronization

/// Whether what this process starts gets control groups of its own. A process is in one group, so there is one answer.
public enum ControlGroups {
    enum State: Sendable {
        /// Nobody has asked: nothing is started, or no daemon does it.
        case untouched
        case unavailable(reason: String)
        case available(DelegatedControlGroup)
    }

    private static let current = Mutex(State.untouched)

    static var state: State { current.withLock { $0 } }

    /// Takes over the control group of this process if it was delegated. For a daemon, before it reads its configuration.
    public static func takeOver(logger: Logger) {
        let state: State
        do {
            let group = try DelegatedControlGroup.takeOver()
            logger.info(
                "processes get control groups of their own",
                metadata: ["group": "\(group.root.path)", "limits": "\(group.controllers.joined(separator: ", "))"])
            state = .available(group)
        } catch {
            // Most have none, and need none. Who has configured a limit is told with that.
            logger.debug("processes get no control groups of their own", metadata: ["reason": "\(error)"])
            state = .unavailable(reason: "\(error)")
        }
        current.withLock { $0 = state }
    }
}
