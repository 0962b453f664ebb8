import Foundation

/// A directory that is empty at first, and is removed, with what is in it, with the last reference to this object.
public final class TemporaryDirectory: Sendable {
    /// From the root.
    public let path: String

    /// Makes the directory.
    ///
    /// - Throws: what the system said.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("kata-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // What can't be removed is left to the system.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the directory, whether there is one or not.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// The names of what is in the directory, in order.
    public func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// The text of a file in the directory.
    public func read(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// Writes the text of a file in the directory, in place of what it held. A link is followed.
    public func write(_ text: String, to name: String) throws {
        // Not in place of the file: a link is followed.
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
    }

    /// Removes a file from the directory.
    ///
    /// - Throws: what the system said, also if there is none.
    public func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path(name))
    }
}
