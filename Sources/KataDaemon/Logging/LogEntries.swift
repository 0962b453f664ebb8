/// Log entries as they are to be written, one after the other.
struct LogEntries: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each entry ends in ``bytes``.
    private(set) var ends: [Int] = []

    var isEmpty: Bool { ends.isEmpty }

    mutating func append(_ entry: some Collection<UInt8>) {
        bytes += entry
        ends.append(bytes.count)
    }
}
