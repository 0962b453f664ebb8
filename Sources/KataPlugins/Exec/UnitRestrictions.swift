import Foundation
import Glibc

/// What the systemd unit of the daemon forbids its jobs, in words for the reason of a failure: the programs themselves can't
/// know who forbids it.
struct UnitRestrictions {
    /// No program gets more rights than the daemon has, not by its set-user-ID bit either.
    var hasNoNewPrivileges = false
    /// System calls are filtered.
    var filtersCalls = false
    /// Most of the file system can't be written.
    var isReadOnly = false

    /// Homes look as if nobody may enter them.
    var hidesHomes = false
    /// What others have in /tmp is not there.
    var hasOwnTemporaryFiles = false

    /// Those of this process; none where it is not the main process of a unit.
    static let own: UnitRestrictions = {
        guard ProcessInfo.processInfo.environment["SYSTEMD_EXEC_PID"] == "\(getpid())" else {
            return UnitRestrictions()
        }
        // Of both files: where there is no /proc, nothing is known, and nothing is said.
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        var root = statvfs()
        let isReadOnly = statvfs("/", &root) == 0 && root.f_flag & UInt(ST_RDONLY) != 0
        var restrictions = UnitRestrictions(status: status ?? "", isReadOnly: isReadOnly)
        var home = stat()
        restrictions.hidesHomes = stat("/home", &home) == 0 && home.st_mode & 0o777 == 0
        restrictions.hasOwnTemporaryFiles = mounts?.contains("/systemd-private-") ?? false
        return restrictions
    }()

    init() {}

    /// - Parameter status: the text of `/proc/self/status`.
    init(status: String, isReadOnly: Bool) {
        let lines = status.split(separator: "\n")
        hasNoNewPrivileges = lines.contains("NoNewPrivs:\t1")
        filtersCalls = lines.contains("Seccomp:\t2")
        self.isReadOnly = isReadOnly
    }

    /// What of it may have made a job fail that wrote these errors; `nil` if nothing looks like it.
    func hint(for errors: String) -> String? {
        if isReadOnly, errors.contains("Read-only file system") {
            return "the daemon's unit lets jobs write only where ReadWritePaths= says; paths.conf has more"
        }
        if hasNoNewPrivileges, Self.rights.contains(where: errors.contains) {
            return "the daemon's unit has NoNewPrivileges=, so that no program gets more rights; no drop-in allows that"
        }
        guard filtersCalls else { return nil }
        if errors.contains("Address family not supported") {
            return "the daemon's unit allows the address families of RestrictAddressFamilies= and no others"
        }
        guard errors.contains("Operation not permitted") else { return nil }
        if Self.namespaces.contains(where: errors.contains) {
            return "the daemon's unit forbids namespaces and mounts; sandbox.conf allows them"
        }
        return "the daemon's unit may forbid it; try 'systemd-run --pipe --uid=USER COMMAND'"
    }

    /// Why a job can't be done in a directory, and what to do.
    ///
    /// - Parameter code: the error number that the system gave.
    func hint(forDirectory path: String, code: Int32) -> String {
        if hidesHomes, Self.lies(path, in: ["/home", "/root", "/run/user"]) {
            return "the daemon's unit hides homes; a daemon of your own, 'systemctl --user start kata', sees them, "
                + "and paths.conf shows them to this one"
        }
        if hasOwnTemporaryFiles, Self.lies(path, in: ["/tmp", "/var/tmp"]) {
            return "the daemon's unit has a /tmp of its own; use another directory, or a daemon of your own"
        }
        return code == EACCES
            ? "the daemon runs as the user with the number \(geteuid()), who may not enter it"
            : "the daemon has to be on the same machine, and to see the same files"
    }

    private static func lies(_ path: String, in directories: [String]) -> Bool {
        directories.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// What programs say that lack rights which their file would give them.
    private static let rights = ["no new privileges", "setuid", "effective uid is not 0", "cap_net_raw"]
    private static let namespaces = ["namespace", "unshare", "mount", "bwrap", "sandbox"]
}
