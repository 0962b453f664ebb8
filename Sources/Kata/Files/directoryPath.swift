/// The path up to its last slash, that included; `.` for a path without a slash.
package func directoryPath(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
}
