import Glibc
import Kata

/// The user that processes run as.
struct ProcessUser {
    let identity: ProcessLaunch.Identity
    /// The variables that a login would set.
    let environment: [String: String]

    /// Reads the key `user`; `nil` if it is missing, or names no user of this system, which is a fault.
    init?(_ section: inout ConfigurationSection) {
        guard let name = section.optionalString("user") else { return nil }
        guard let entry = getpwnam(name)?.pointee else {
            section.fault("user", "is '\(name)', and there is no such user")
            return nil
        }
        if geteuid() != 0 && geteuid() != entry.pw_uid {
            section.fault("user", "is '\(name)', which only root can become; run katad as root, or leave it out")
        }
        var count: Int32 = 64
        var groups = [gid_t](repeating: 0, count: Int(count))
        if getgrouplist(name, entry.pw_gid, &groups, &count) < 0 {
            groups = [gid_t](repeating: 0, count: Int(count))
            getgrouplist(name, entry.pw_gid, &groups, &count)
        }
        identity = ProcessLaunch.Identity(
            user: entry.pw_uid, group: entry.pw_gid, groups: Array(groups.prefix(Int(count))))
        // A directory service may know a user without a home.
        environment = ["USER": name, "LOGNAME": name, "HOME": entry.pw_dir.map { String(cString: $0) } ?? "/"]
    }
}
