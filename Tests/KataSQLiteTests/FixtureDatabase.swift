import Foundation

/// Databases that daemons of earlier versions left, as files.
enum FixtureDatabase {
    static func copy(_ version: Int, to path: String) throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        try FileManager.default.copyItem(
            atPath: fixtures.appendingPathComponent("schema-\(version).sqlite").path, toPath: path)
    }
}
