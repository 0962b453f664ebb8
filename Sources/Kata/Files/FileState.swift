package import Glibc

/// What can be told of a file's content without reading it. Two states that are equal are, as far as that goes, of the
/// same file with the same content.
package struct FileState: Hashable, Sendable {
    package let identity: FileIdentity
    /// In bytes.
    package let size: Int64
    private let modified: FileTime

    package init(_ status: stat) {
        identity = FileIdentity(status)
        size = Int64(status.st_size)
        modified = .modification(of: status)
    }

    /// Of what a path leads to; `nil` if that is nothing, or can't be looked at.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of an open file.
    package init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }
}
