import Foundation

/// The clock of a daemon under test, which a test sets while the daemon runs. That of the machine is left alone.
final class ShiftedClock: Sendable {
    /// What a daemon is to have in its environment for this to be its clock.
    let environment: [String: String]
    private let path: String

    /// Makes the library that shifts the clock.
    init(in workplace: Workplace) async throws {
        path = try workplace.write("", to: "clock-shift")
        environment = ["LD_PRELOAD": try await workplace.buildLibrary("clock-shift"), "CLOCK_SHIFT": path]
        try set(seconds: 0)
    }

    /// Sets the clock so far ahead of the machine's.
    func set(seconds: Int64) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: 0)
        try file.write(contentsOf: withUnsafeBytes(of: seconds) { Data($0) })
        try file.close()
    }
}
