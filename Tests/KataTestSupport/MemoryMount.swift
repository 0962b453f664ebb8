import Foundation

/// A file system in memory that is mounted at a directory, which takes root. Unmounted with its owner.
public final class MemoryMount {
    private let path: String

    /// `nil` where nothing can be mounted, which is printed.
    ///
    /// - Parameter size: in MiB.
    public init?(at path: String, size: Int = 16) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard try run("mount", "-t", "tmpfs", "-o", "size=\(size)m", "none", path) == 0 else {
            print("skipped: no file system can be mounted at \(path), which takes root and CAP_SYS_ADMIN")
            return nil
        }
    }

    // What was killed may have files open there for a moment. A test whose mount stays has passed or failed all the same.
    deinit { _ = try? run("umount", "-l", path) }
}

/// - Returns: the exit code.
private func run(_ command: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}
