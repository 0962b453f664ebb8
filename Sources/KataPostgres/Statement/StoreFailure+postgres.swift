import Kata

extension StoreFailure {
    /// - Parameter isCommit: whether it was the commit whose answer is missing.
    init(_ error: PostgresError, at address: PostgresAddress, isCommit: Bool = false) {
        let cause = Self.cause(error)
        let text =
            switch cause {
            case .full:
                "no space for the database '\(address.shown)' on its server; make room, what was recorded is safe"
            case .locked: "the database '\(address.shown)' is locked by others: \(error.message)"
            case .failing where error.state == "25006":
                "the database '\(address.shown)' takes no writes: \(error.message)"
            case .failing: "the database '\(address.shown)' can't be used now: \(error.message)"
            default: "the database '\(address.shown)' failed: \(error.message)"
            }
        self.init(cause, text, isUndecided: isCommit && error.isConnectionLost)
    }

    /// Classes of errors are told by the first two characters.
    private static func cause(_ error: PostgresError) -> Cause {
        switch error.state {
        case "53100": .full
        case "55P03", "40001", "40P01": .locked
        // Read only, as a standby is; a server that starts, stops or is out of memory or connections; an idle transaction that
        // was ended; a statement that was cancelled.
        case "25006", "25P03", "57014": .failing
        case let state where ["08", "53", "57", "58"].contains(state.prefix(2)): .failing
        // Rights and passwords may be changed at any time.
        case let state where ["28", "42501", "3D"].contains { state.hasPrefix($0) }: .failing
        case _ where error.isConnectionLost: .failing
        default: .lost
        }
    }
}

extension PostgresOpenError {
    /// - Returns: `nil` if it may be over soon, without anybody's doing.
    init?(_ error: PostgresError, at address: PostgresAddress) {
        switch error.state {
        case let state where state.hasPrefix("28") || state == "42501":
            self = .permissionDenied(address.shown, reason: error.message)
        case "3D000": self = .missing(address.shown, reason: error.message)
        // No such table, or schema: nothing of Kata's is there.
        case "42P01", "3F000":
            self = .unfit(address.shown, reason: "no katad has worked with it yet, in this schema (\(error.message))")
        default: return nil
        }
    }
}
