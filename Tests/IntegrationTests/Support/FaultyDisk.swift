import Foundation
import Testing

/// The disk of a daemon under test, as far as its database goes, which a test breaks and mends while the daemon runs.
final class FaultyDisk: Sendable {
    /// The kinds of calls that fail with `EIO`.
    struct Faults: OptionSet {
        let rawValue: UInt8
        static let syncs = Faults(rawValue: 1)
        static let writes = Faults(rawValue: 2)
        static let reads = Faults(rawValue: 4)
    }

    /// What a daemon is to have in its environment for this to be its disk.
    let environment: [String: String]
    private let path: String

    /// Makes the library that fails the calls.
    init(in workplace: Workplace) async throws {
        path = try workplace.write("\0", to: "faults")
        environment = ["LD_PRELOAD": try await workplace.buildLibrary("faulty-disk"), "FAULTY_DISK": path]
    }

    func set(_ faults: Faults) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data([faults.rawValue]))
        try file.close()
    }
}
