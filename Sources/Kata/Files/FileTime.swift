import CLinux
package import Glibc

/// When a file was changed, as exactly as the file system knows it.
package struct FileTime: Hashable, Sendable {
    /// Since 1970.
    package let seconds: Int64
    /// What comes to the whole seconds.
    package let nanoseconds: Int64

    private init(_ status: stat, isChange: Bool) {
        var time = (seconds: Int64(), nanoseconds: Int64())
        withUnsafePointer(to: status) {
            clinux_file_time($0, isChange ? 1 : 0, &time.seconds, &time.nanoseconds)
        }
        seconds = time.seconds
        nanoseconds = time.nanoseconds
    }

    /// When the content was changed the last time.
    package static func modification(of status: stat) -> FileTime { FileTime(status, isChange: false) }

    /// When the content or what is kept about the file was changed the last time.
    package static func change(of status: stat) -> FileTime { FileTime(status, isChange: true) }
}
