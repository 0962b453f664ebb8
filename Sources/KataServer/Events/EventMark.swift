/// The id of an event: which daemon's it is, and its number there.
struct EventMark: Hashable, Sendable {
    /// One that no daemon has given out.
    static let unknown = EventMark(daemon: 0, number: 0)

    /// Another one after each start.
    let daemon: UInt64
    let number: UInt64

    init(daemon: UInt64, number: UInt64) {
        self.daemon = daemon
        self.number = number
    }

    /// - Returns: `nil` if the text is no id of an event.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
        guard parts.count == 2, let daemon = parts[0], let number = parts[1] else { return nil }
        self.init(daemon: daemon, number: number)
    }

    var text: String { "\(daemon)-\(number)" }
}
