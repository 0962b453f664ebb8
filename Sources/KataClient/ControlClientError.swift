public import KataAPI

/// What went wrong between a client and its daemon.
public enum ControlClientError: Error, Hashable, CustomStringConvertible {
    /// Nothing listens on the socket, or no answer has come in time.
    case notReachable(socket: String, reason: String)
    /// The system does not let this user connect.
    case permissionDenied(socket: String)
    /// The daemon answered with a problem, or would have: then nothing was sent.
    case refused(ProblemDocument)
    /// What came is no answer of a daemon, or of another version, or is too large.
    case badAnswer(socket: String, reason: String)
    /// The daemon closed the connection before its answer was complete. What was asked for may be done or not.
    case interrupted(socket: String)

    /// A sentence for people, with what to do.
    public var description: String {
        switch self {
        case .notReachable(let socket, let reason):
            "no daemon answers on '\(socket)' (\(reason)); start katad, or name its socket with --socket"
        case .permissionDenied(let socket):
            "no permission to use '\(socket)'; run this as the daemon's user, as root or as a member of its group"
        case .refused(let problem): problem.detail
        case .interrupted(let socket):
            "the daemon on '\(socket)' ended in the middle of its answer; see its log, and try again once it runs"
        case .badAnswer(let socket, let reason): "what answers on '\(socket)' is no katad of this version (\(reason))"
        }
    }
}
