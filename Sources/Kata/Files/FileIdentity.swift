import CLinux
package import Glibc

/// Which file it is, whatever its name. As long as a file exists, or is open, no other file has the same identity.
package struct FileIdentity: Hashable, Sendable {
    /// The file system.
    package let device: UInt64
    /// The file's number there.
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    package init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Of what a path leads to; `nil` if that is nothing, or can't be looked at.
    package init?(of path: String) {
        self.init(path, followsLinks: true)
    }

    /// Of what has that name, which may be a symbolic link; `nil` if that is nothing, or can't be looked at.
    package init?(ofName path: String) {
        self.init(path, followsLinks: false)
    }

    private init?(_ path: String, followsLinks: Bool) {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        guard clinux_identify(path, followsLinks ? 1 : 0, &device, &inode) == 0 else { return nil }
        self.init(device: device, inode: inode)
    }
}
