import Glibc

/// Gives a file another name in the same directory, in the place of what had it, so that it outlives a power cut.
///
/// - Parameter renamed: called once the file has its name, before that is durable.
/// - Throws: ``FileError``.
func replaceFile(_ path: String, by temporaryPath: String, renamed: () -> Void = {}) throws {
    let directory = try OpenFile(path: directoryPath(of: path), flags: O_RDONLY | O_DIRECTORY, operation: "open")
    if rename(temporaryPath, path) != 0 { throw FileError(path: path, operation: "replace") }
    renamed()
    try directory.sync()
}

/// Makes a finished file durable and gives it its name, in the place of what had it.
///
/// - Throws: ``FileError``.
package func publishFile(_ temporaryPath: String, as path: String) throws {
    try OpenFile(path: temporaryPath, flags: O_RDONLY, operation: "open").sync()
    try replaceFile(path, by: temporaryPath)
}

func directoryPath(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
}
