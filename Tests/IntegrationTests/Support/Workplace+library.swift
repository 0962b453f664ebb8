import Foundation
import Testing

extension Workplace {
    /// Builds a library from `Tests/Preloaded` that is loaded before others into a program under test.
    ///
    /// - Parameter name: that of its source, without the ending.
    /// - Returns: its path, for `LD_PRELOAD`.
    func buildLibrary(_ name: String) async throws -> String {
        let library = path("\(name).so")
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let source = tests.appendingPathComponent("Preloaded/\(name).c").path
        // It comes with Swift, which links with it.
        let outcome = try await run("clang", ["-shared", "-fPIC", "-O1", "-o", library, source])
        try #require(outcome.code == 0, "\(outcome.errors)")
        return library
    }
}
