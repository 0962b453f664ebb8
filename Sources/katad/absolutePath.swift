import Foundation

/// The same path from the root, without `.` and `..`.
func absolutePath(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
}
