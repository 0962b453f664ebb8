import Glibc

/// Who a daemon is, among those that may work with the same database.
public struct NodeIdentity: Hashable, Sendable {
    /// The daemon's name.
    public let name: String
    /// In which start of the machine it runs.
    let boot: String
    let process: Int64
    let version: String

    /// This process.
    ///
    /// - Parameters:
    ///   - name: the daemon's name.
    ///   - version: the daemon's version.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
        boot = Self.bootID
        process = Int64(getpid())
    }

    /// Whether the process of a session of this name, which is of this machine as its lock is, is there no more.
    func isGone(boot: String, process: Int64) -> Bool {
        guard boot == self.boot, !boot.isEmpty else { return false }
        return process == self.process || kill(pid_t(truncatingIfNeeded: process), 0) != 0 && errno == ESRCH
            || Self.hasEnded(process)
    }

    /// Whether a process has ended, and only its parent has not asked for its exit status yet.
    private static func hasEnded(_ process: Int64) -> Bool {
        guard let file = fopen("/proc/\(process)/stat", "re") else { return false }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        // Behind the program's name, which may hold anything, in brackets.
        guard let end = bytes.prefix(count).lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
        return [UInt8(ascii: "Z"), UInt8(ascii: "X")].contains(bytes[end + 2])
    }

    private static var bootID: String {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self).filter { !$0.isNewline }
    }
}
