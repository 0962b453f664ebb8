/// A configuration can't be taken over by a daemon that runs, because it changes what is only read at the start.
public struct RestartNeeded: Error, Hashable, CustomStringConvertible {
    /// The keys whose values are other ones.
    public let keys: [String]

    /// A sentence for people, with what to do.
    public var description: String {
        let verb = keys.count == 1 ? "is" : "are"
        return
            "\(keys.joined(separator: ", ")) \(verb) only read at the start and would change; restart katad for that, "
            + "or put back what was there"
    }
}

extension DaemonConfiguration {
    /// Checks that a daemon which began with `start` can go on with this configuration.
    ///
    /// - Throws: ``RestartNeeded``.
    public func checkKeepsWhatIsFixed(since start: DaemonConfiguration) throws {
        var keys: [String] = []
        if database != start.database { keys.append("database") }
        if node.name != start.node.name { keys.append("node") }
        if node.lease != start.node.lease { keys.append("lease") }
        if databaseGroup != start.databaseGroup { keys.append("database_group") }
        if socket != start.socket { keys.append("socket") }
        if socketMode != start.socketMode { keys.append("socket_mode") }
        if socketGroup != start.socketGroup { keys.append("socket_group") }
        if dashboard != start.dashboard { keys.append("ui") }
        if metrics != start.metrics { keys.append("metrics") }
        if !keys.isEmpty { throw RestartNeeded(keys: keys) }
    }
}
