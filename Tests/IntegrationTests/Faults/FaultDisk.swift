import Foundation
import KataTestSupport
import Testing

/// A file system of its own, in a file or in memory, for a database that it takes away or leaves without room. It takes root.
final class FaultDisk: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case tmpfs, ext4, xfs

        /// XFS takes no less than 300 MB.
        fileprivate var size: String { self == .xfs ? "320M" : "24M" }
    }

    private let kind: Kind
    private let workplace: Workplace
    let folder: String
    var path: String { workplace.path(folder) }

    /// `nil` where it can't be had, which is printed.
    init?(_ kind: Kind, in workplace: Workplace) async throws {
        self.kind = kind
        self.workplace = workplace
        folder = kind.rawValue
        try FileManager.default.createDirectory(atPath: workplace.path(folder), withIntermediateDirectories: true)
        if kind != .tmpfs {
            let make =
                "truncate -s \(kind.size) \(kind).img && mkfs.\(kind) -q \(kind == .ext4 ? "-F" : "-f") \(kind).img"
            let outcome = try await workplace.run("sh", ["-c", make])
            if outcome.code != 0 {
                print("skipped: \(kind): \(outcome.errors)")
                return nil
            }
        }
        if try await mount() != 0 {
            print("skipped: no \(kind) can be mounted at \(path), which takes root and CAP_SYS_ADMIN")
            return nil
        }
    }

    // What was killed may have files open there for a moment. A test whose mount stays has passed or failed all the same.
    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// - Returns: the exit code.
    private func mount() async throws -> Int32 {
        let options =
            kind == .tmpfs
            ? ["-t", "tmpfs", "-o", "size=\(kind.size)", "none", path]
            : ["-o", "loop", workplace.path("\(kind).img"), path]
        return try await workplace.run("mount", options).code
    }

    /// Takes it away, and mounts what is on the disk. As long as another mount namespace has a copy of the mount, it is still the
    /// one without power.
    func restorePower() async throws {
        let isBack = try await eventually {
            _ = try await workplace.run("umount", [path])
            guard try await mount() == 0 else { return false }
            return try await workplace.run("touch", ["\(path)/probe"]).code == 0
        }
        try #require(isBack, "\(path) stays as it is")
    }

    /// Cuts its power: nothing more reaches the disk, not even what the file system has not yet written of its log.
    func cutPower() async throws {
        // EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are the same, and so is the flag.
        let script =
            "import fcntl, os, struct, sys; "
            + "fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))"
        let outcome = try await workplace.run("python3", ["-c", script, path])
        try #require(outcome.code == 0, "\(outcome.errors)")
    }

    /// Takes all of its room.
    func fill() async throws {
        _ = try await workplace.run("sh", ["-c", "cat /dev/zero >\(folder)/filler 2>/dev/null; sync -f \(folder)"])
    }

    func makeRoom() throws {
        try FileManager.default.removeItem(atPath: "\(path)/filler")
    }
}
