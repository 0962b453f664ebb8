public import KataControl

/// What went wrong between a client and its daemon.
public enum ControlClientError: Error, Hashable, CustomStringConvertible {
    case notReachable(socket: String, reason: String)
    case permissionDenied(socket: String)
    /// The daemon said no.
    case refused(ProblemDocument)
    case badAnswer(socket: String, reason: String)
    /// The daemon went away in the middle of its answer.
    case interrupted(socket: String)

    public var description: String {
        switch self {
        case .notReachable(let socket, let reason):
            "no daemon answers on '\(socket)' (\(reason)); start katad, or name its socket with --socket"
        case .permissionDenied(let socket):
            "no permission to use '\(socket)'; run this as the daemon's user or as root"
        case .refused(let problem): problem.detail
        case .interrupted(let socket):
            "the daemon on '\(socket)' ended in the middle of its answer; see its log, and try again once it runs"
        case .badAnswer(let socket, let reason): "what answers on '\(socket)' is no katad of this version (\(reason))"
        }
    }
}
