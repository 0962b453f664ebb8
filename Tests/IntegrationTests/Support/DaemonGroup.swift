import Foundation
import Testing

/// A control group for a daemon, delegated to it as systemd would do.
final class DaemonGroup: Sendable {
    private let path: String

    init(_ workplace: Workplace) async throws {
        path = "\(try #require(Self.home))/kata-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        // Swift has no function for it.
        let mark = "import os, sys; os.setxattr(sys.argv[1], 'user.delegate', b'1')"
        let outcome = try await workplace.run("python3", ["-c", mark, path])
        try #require(outcome.code == 0, "\(outcome.errors)")
    }

    deinit {
        // What can't be removed is left to the system.
        try? "1".write(toFile: "\(path)/cgroup.kill", atomically: false, encoding: .utf8)
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        for name in names.sorted().reversed() { rmdir("\(path)/\(name)") }
        rmdir(path)
    }

    /// Starts `katad` in the group, with the configuration that was written.
    func startDaemon(in workplace: Workplace) throws -> ChildProcess {
        let script = "echo $$ > '\(path)/cgroup.procs' && exec '\(Binaries.katad)' --config kata.yaml"
        return try ChildProcess("sh", ["-c", script], in: workplace.directory)
    }

    /// The group that the tests run in, if others can be made there.
    private static let home: String? = {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8),
            let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
            let mount = mounts.split(separator: "\n").map({ $0.split(separator: " ") })
                .first(where: { $0[2] == "cgroup2" }),
            let own = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
        else { return nil }
        let home = "\(mount[1])\(own.dropFirst(3))"
        let probe = "\(home)/kata-probe-\(UUID().uuidString)"
        guard mkdir(probe, 0o755) == 0 else { return nil }
        defer { rmdir(probe) }
        return access("\(probe)/cgroup.kill", F_OK) == 0 ? home : nil
    }()

    static var isPossible: Bool { home != nil }
}
