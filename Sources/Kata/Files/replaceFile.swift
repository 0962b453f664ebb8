import CLinux
import Glibc

/// Gives a file another name in the same directory, in place of the file that had that name, and makes this durable.
/// The content has to be durable before.
///
/// - Parameter renamed: called once the file has its name, before that is durable.
/// - Throws: ``FileError``.
func replaceFile(_ path: String, by temporaryPath: String, renamed: () -> Void = {}) throws {
    let directory = try OpenFile(path: directoryPath(of: path), flags: O_RDONLY | O_DIRECTORY, operation: "open")
    if rename(temporaryPath, path) != 0 { throw FileError(path: path, operation: "replace") }
    renamed()
    try directory.sync()
}

/// Makes a finished file durable and gives it another name in the same directory, in place of the file that had that
/// name.
///
/// - Throws: ``FileError``.
package func publishFile(_ temporaryPath: String, as path: String) throws {
    try OpenFile(path: temporaryPath, flags: O_RDONLY, operation: "open").sync()
    try replaceFile(path, by: temporaryPath)
}

/// Makes a finished file durable and gives it another name in the same directory, which no file may have.
///
/// - Throws: ``FileError``; with the code `EEXIST` if something has that name. That stays as it is.
package func publishNewFile(_ temporaryPath: String, as path: String) throws {
    try OpenFile(path: temporaryPath, flags: O_RDONLY, operation: "open").sync()
    let directory = try OpenFile(path: directoryPath(of: path), flags: O_RDONLY | O_DIRECTORY, operation: "open")
    if clinux_rename_new(AT_FDCWD, temporaryPath, AT_FDCWD, path) != 0 {
        throw FileError(path: path, operation: "create")
    }
    try directory.sync()
}

/// Where a path leads once symbolic links of its last part are followed, whether a file is there or not.
///
/// - Throws: ``FileError`` for a link of another user, unless that is root: whoever may put a link into a directory would
///   choose what is written over.
package func followLinks(_ path: String) throws -> String {
    var path = path
    // As many as the kernel follows.
    for _ in 1...40 {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
        if status.st_uid != 0 && status.st_uid != geteuid() {
            throw FileError(path: path, operation: "follow another user's link", code: EPERM)
        }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(path, &buffer, buffer.count)
        guard length > 0 else { throw FileError(path: path, operation: "follow the link") }
        let target = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = target.hasPrefix("/") ? target : directoryPath(of: path) + "/" + target
    }
    throw FileError(path: path, operation: "follow the link", code: ELOOP)
}
