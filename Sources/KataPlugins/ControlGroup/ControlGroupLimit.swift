/// A limit of its control group that a process has met, in words for the reason of a failure.
enum ControlGroupLimit: Hashable, Sendable, CustomStringConvertible {
    /// In bytes.
    case memory(UInt64)
    case pids(Int)

    var description: String {
        switch self {
        case .memory(let bytes): "used more memory than its limit of \(Self.format(bytes))"
        case .pids(let count):
            "reached its limit of \(count) \(count == 1 ? "process or thread" : "processes and threads")"
        }
    }

    private static func format(_ bytes: UInt64) -> String {
        let units: [(size: UInt64, name: String)] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        let unit = units.first { bytes.isMultiple(of: $0.size) }
        return unit.map { "\(bytes / $0.size) \($0.name)" } ?? "\(bytes) bytes"
    }
}
