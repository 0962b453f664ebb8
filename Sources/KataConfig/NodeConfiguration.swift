import Glibc
import Kata

/// What a daemon is among others that may use the same PostgreSQL database.
public struct NodeConfiguration: Hashable, Sendable {
    /// Its name: 1 to 64 letters, digits, `_`, `.` or `-`.
    public let name: String
    /// For how long after its last sign of life nobody else takes over its work.
    public let lease: Duration

    /// With the name of the machine, unless another one is given.
    public init(name: String = hostName, lease: Duration = .seconds(10)) {
        self.name = name
        self.lease = lease
    }

    private static let leases = Duration.seconds(1)...Duration.seconds(3_600)

    /// Reads the keys `node` and `lease`.
    init(in section: inout ConfigurationSection) {
        let name = section.optionalString("node") ?? Self.hostName
        if !(1...64).contains(name.utf8.count) || !name.isName(with: "_.-") {
            section.fault(
                "node", "is '\(name.abbreviated)', expected 1 to 64 letters, digits, '_', '.' or '-'")
        }
        let lease = section.duration("lease", default: .seconds(10))
        if !Self.leases.contains(lease) {
            section.fault("lease", "is \(lease.formattedSeconds) s, expected 1s to 1h")
        }
        self.init(name: name, lease: lease)
    }

    /// The name of the machine, as far as it can name a node.
    public static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isName(with: "_.-") && (1...64).contains(name.utf8.count) ? name : "localhost"
    }
}
