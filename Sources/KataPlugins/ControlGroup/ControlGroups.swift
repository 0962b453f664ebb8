public import Logging
import Synchronization

/// Whether what this process starts gets control groups of its own. A process is in one group, so there is one answer.
public enum ControlGroups {
    enum State: Sendable {
        /// ``takeOver()`` was not called: nothing is started, or it is no daemon that starts it.
        case untouched
        /// `isDelegated` says whether a group was delegated nevertheless.
        case unavailable(reason: String, isDelegated: Bool)
        case available(DelegatedControlGroup)
    }

    private static let current = Mutex(State.untouched)

    static var state: State { current.withLock { $0 } }

    /// Takes over the control group of this process if it was delegated. For a daemon, before it reads its configuration.
    public static func takeOver() {
        let state: State
        do {
            state = .available(try DelegatedControlGroup.takeOver())
        } catch {
            let isDelegated = (error as? DelegatedControlGroup.Unavailable)?.isDelegated ?? true
            state = .unavailable(reason: "\(error)", isDelegated: isDelegated)
        }
        current.withLock { $0 = state }
    }

    /// Logs what came of ``takeOver()``.
    public static func log(to logger: Logger) {
        switch state {
        case .untouched: break
        case .available(let group):
            logger.info(
                "processes get control groups of their own",
                metadata: ["group": "\(group.root.path)", "limits": "\(group.controllers.joined(separator: ", "))"])
            for left in group.leftBehind {
                logger.warning(
                    "a process of an earlier daemon can't be killed and is left behind",
                    metadata: ["group": "\(left.path)"])
            }
        case .unavailable(let reason, let isDelegated):
            // Most daemons have none, and need none. A configured limit that can't hold is a fault of the
            // configuration.
            logger.log(
                level: isDelegated ? .warning : .debug, "processes get no control groups of their own",
                metadata: ["reason": "\(reason)"])
        }
    }
}
