import CLinux
import Foundation

/// Where this process's control group of version 2 is.
enum OwnControlGroup {
    /// - Parameters:
    ///   - membership: the text of `/proc/self/cgroup`.
    ///   - mounts: the text of `/proc/self/mountinfo`.
    /// - Returns: `nil` if there is none that can be seen.
    static func find(membership: String, mounts: String) -> ControlGroup? {
        let lines = membership.split(separator: "\n")
        guard let path = lines.first(where: { $0.hasPrefix("0::/") })?.dropFirst(3) else { return nil }
        // A part of the hierarchy may be mounted once more, over itself and writable: the one that shows least is ours.
        let places = mounts.split(separator: "\n").compactMap { place(of: path, in: $0) }
        return places.max { $0.root.count < $1.root.count }.map { ControlGroup(path: $0.path) }
    }

    /// Where a mount shows that group; `nil` if it does not.
    private static func place(of group: Substring, in mount: Substring) -> (root: Substring, path: String)? {
        // "41 31 0:38 /root /mount/point options optional… - type source options"
        let fields = mount.split(separator: " ")
        guard let separator = fields.firstIndex(of: "-"), separator >= 6, fields.indices.contains(separator + 1),
            fields[separator + 1] == "cgroup2"
        else { return nil }
        let root = fields[3] == "/" ? "" : fields[3]
        guard group == root || group.hasPrefix("\(root)/") else { return nil }
        let rest = group.dropFirst(root.count)
        return (root, String(fields[4]) + (rest == "/" ? "" : rest))
    }

    /// Whether whoever owns the hierarchy has left that group to us. systemd says so with this attribute, from 251 on.
    static func isDelegated(_ group: ControlGroup) -> Bool {
        clinux_has_attribute(group.path, "user.delegate", "1") == 1
    }
}
