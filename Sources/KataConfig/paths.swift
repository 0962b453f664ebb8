import Foundation
import Kata

/// The same path from the root, without `.` and `..`, and with symbolic links followed.
func resolvedPath(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
}

/// The path from the root, without `.` and `..`, without a look at what is there.
func absolutePath(_ path: String) -> String {
    URL(fileURLWithPath: path, isDirectory: false).standardized.path
}

/// The directory that a file of this path is in.
func directory(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
}

/// Whether the path is that of a regular file, or nothing is there yet.
func isFileOrNothing(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
}

/// Whether the path leads to a directory.
func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether two paths lead to one file, or will once there is one.
func isSameFile(_ first: String, _ second: String) -> Bool {
    if let file = FileIdentity(of: first), file == FileIdentity(of: second) { return true }
    return resolvedPath(first) == resolvedPath(second)
}
